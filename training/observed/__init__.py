"""What serves, and how well: the windows that a function wrote, the drift in them, and the state of a model."""
