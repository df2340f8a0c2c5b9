"""Pipelines as tutorials build them, fitted to DataFrames, each brought with one command."""
