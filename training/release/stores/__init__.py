"""The writing half of a registry's place, in a directory or on S3."""
