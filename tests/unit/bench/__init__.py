"""What measures and compares is held to what it says."""
