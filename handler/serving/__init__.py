"""Which model serves: where it comes from, how it is proved, when it is loaded again, and how it answers."""
