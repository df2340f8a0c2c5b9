"""The site that `make docs` makes of README.md and docs/: how pages get into it, and what it looks like."""
