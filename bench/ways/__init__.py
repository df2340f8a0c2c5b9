"""Asks the same rows each way that there is, and counts the answers that differ from those of POST /predict."""
