"""Models that other frameworks exported as ONNX: what a graph takes and gives, and the form of it that is served."""
