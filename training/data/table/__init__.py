"""A CSV or Parquet file: opened, read as a stream, and surveyed."""
