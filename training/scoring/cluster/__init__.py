"""Scoring on a Dask cluster, whose workers have scikit-learn and distributed, but not this project."""
