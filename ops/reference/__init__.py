"""Writes the generated parts of README.md and docs/ from what the code declares: `python -m ops.reference`."""
