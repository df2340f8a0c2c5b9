"""The graphs of estimators answer as the estimators do."""
