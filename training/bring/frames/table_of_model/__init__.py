"""The table that a model was fitted to: read as pandas does, and described as features and rows of requests."""
