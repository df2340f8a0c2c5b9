"""Whether what clients send, and what the model answers, is as it was when the model was fitted."""
