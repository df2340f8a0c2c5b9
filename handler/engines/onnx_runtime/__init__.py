"""ONNX Runtime: a session of verified bytes, what it is fed, and what its answers mean."""
