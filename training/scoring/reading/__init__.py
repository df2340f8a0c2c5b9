"""Reads the rows that are scored: CSV, Parquet and JSON Lines, here or on S3, as chunks of so many rows."""
