"""The records that JSON is decoded to, whichever document holds them: how that is done, and those of a model."""
