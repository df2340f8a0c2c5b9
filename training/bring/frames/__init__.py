"""Models that were fitted to a pandas DataFrame: rewritten to take arrays, and proved against what they answered."""
