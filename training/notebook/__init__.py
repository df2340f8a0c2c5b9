"""What notebooks and scripts call: from a fitted estimator to a version, without a file or a command line."""
