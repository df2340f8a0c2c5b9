"""Graphs of estimators, drawn in float64: the drawing, the columns that flow through it, and a room for each family."""
