"""The report of a version, for people: figures and one HTML page."""
