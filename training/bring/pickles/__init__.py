"""What a file from elsewhere would import and hold, found out without loading it."""
