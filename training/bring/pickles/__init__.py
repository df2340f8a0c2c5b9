"""What a file from elsewhere would import and give, found out without loading it."""
