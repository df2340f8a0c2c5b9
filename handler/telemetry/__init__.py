"""What the function says of itself: its log and its metrics."""
