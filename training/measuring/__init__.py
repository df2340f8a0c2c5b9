"""What answers are worth: scikit-learn's own metrics for each task, measured on answers, without the model."""
