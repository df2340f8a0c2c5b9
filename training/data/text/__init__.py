"""How values are written in a text file: delimiters, gaps, numbers."""
