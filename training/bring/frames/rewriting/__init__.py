"""A fitted model turned from DataFrames to arrays: columns by position, blocks of the types they had."""
