"""Every way in which serving a model can fail, one class each, with how it is told over HTTP."""
