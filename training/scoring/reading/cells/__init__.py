"""From the cells of a table to the values of a request."""
