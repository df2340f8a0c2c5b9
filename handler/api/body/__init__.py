"""The body of POST /predict: from JSON text to the rows that a model is asked with."""
