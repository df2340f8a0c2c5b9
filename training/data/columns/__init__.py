"""From a table to a data set: what each column is taken as, how its values are read, and what is said of it."""
