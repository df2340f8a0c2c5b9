"""What makes the init phase short. Nothing here changes an answer."""
