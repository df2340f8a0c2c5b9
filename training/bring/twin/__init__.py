"""The twin of a brought model: made and compared in an isolated process, because the model is loaded there."""
