"""The twin: the same model as an ONNX graph, beside its joblib form, and the proof that both give the same answers."""
