"""From a CSV or Parquet file to columns: opened, surveyed, each given a kind, read."""
