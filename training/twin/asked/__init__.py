"""The rows that a model and its twin are both asked: over the ranges of training, and at the thresholds of trees."""
