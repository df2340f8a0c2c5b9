"""The user's own modules that travel with a model: how they become an archive, and which may."""
