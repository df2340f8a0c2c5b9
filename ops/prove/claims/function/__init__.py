"""Claims about the function: how it starts, and what is seen of it."""
