"""The registry: its formats (alias, manifest), the chain of trust between its files, and the stores that hold them."""
