"""Tables and bundled data sets as arrays: read, described and split."""
