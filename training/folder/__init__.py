"""The folder that a model becomes before it is published: artifact, manifest, examples, what it takes."""
