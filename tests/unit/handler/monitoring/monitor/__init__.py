"""The monitor: its hours, its cases, and whole runs of it against a stand-in for AWS."""
