"""Claims about the bucket and the rights to it."""
