"""Reads JSON Lines: lines as rows, and what is refused of them; the values that are carried through."""
