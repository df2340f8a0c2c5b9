"""A user's own modules, on their way into a version."""
