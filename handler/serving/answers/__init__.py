"""What each task's models answer: a file for each, beside what they share."""
