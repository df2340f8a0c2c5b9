"""Releases: publish, prove, promote, roll back, verify, prune."""
