"""What the README and docs/ show, run as a reader would run it."""
