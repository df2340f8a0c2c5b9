"""Scores chunks on AWS: they are uploaded, a state machine has each scored by a function, and what it wrote is read."""
