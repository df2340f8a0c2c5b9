"""Steps before a model: encoders, scalers, and what puts them together."""
