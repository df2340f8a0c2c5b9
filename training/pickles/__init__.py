"""What a pickle would import and hold, found out without loading it, and whether a model may import it."""
