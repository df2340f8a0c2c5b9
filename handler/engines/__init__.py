"""How an artifact becomes answers: the seam, an engine for each form of a model, and the statement of what ships."""
