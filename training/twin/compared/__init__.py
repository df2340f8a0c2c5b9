"""What a model and its twin say of the same rows, and how far that is apart: the fixed bounds stand here."""
