"""Models fitted to DataFrames, turned in this process."""
