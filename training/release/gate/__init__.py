"""The gate: a new version is measured against the one that serves, on the same rows."""
