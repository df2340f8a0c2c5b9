"""The engine that loads ONNX: what it lets in, what it feeds, and what it makes of the answers."""
