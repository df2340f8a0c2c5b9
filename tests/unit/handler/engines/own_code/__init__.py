"""A model's own modules, as the function reads and imports them."""
