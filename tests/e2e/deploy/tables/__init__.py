"""A table of 300 parts that the stack scores, some of which are broken on purpose while it does."""
