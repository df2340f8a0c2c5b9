"""Messages in a stack: thousands of them, some poisoned, and what became of each."""
