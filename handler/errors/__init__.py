"""Every way in which serving a model can fail, one class each, with its answer over HTTP and what to do about it."""
