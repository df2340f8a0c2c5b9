"""A version that was compared with the one that serves before it is published."""
