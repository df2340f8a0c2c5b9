"""Reads the windows on a schedule, compares them with the manifest, and raises one event for each case of drift."""
