"""What the function says of itself, its log and its metrics, and the place where more can be counted or kept."""
