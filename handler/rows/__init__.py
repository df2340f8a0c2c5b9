"""What the values of a row may be: the domains that a model takes, and the ranges that training saw."""
