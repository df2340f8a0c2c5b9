"""Where a registry is written: the same places as the function reads, each with a writing store of its own."""
