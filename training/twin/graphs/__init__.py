"""Graphs of estimators, drawn in double arithmetic: the drawing, the columns that flow through it, and a room a family."""
