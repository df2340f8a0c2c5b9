"""The modules of a model's owner, which travel with a version: read from verified bytes, importable for it alone."""
