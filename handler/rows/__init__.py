"""The values of a row: how they are held, which ones a model takes, and which ranges training saw."""
