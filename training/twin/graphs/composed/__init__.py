"""Models of models: votes, stackings, calibrations, several outputs, searches."""
