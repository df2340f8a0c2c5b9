"""Distances from each row to each of some points."""

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.drawing import Drawing

FEW = 8_192
"""Up to so many numbers in all points each difference is computed: 64 KiB for a row. Of more points only sums are."""


def squared(drawing: Drawing, rows: str, points: NDArray[np.float64]) -> str:
    """Squared Euclidean distances, of shape (rows, points)."""
    points = np.asarray(points, dtype=np.float64)
    if points.size <= FEW:
        away = _away(drawing, rows, points)
        return drawing.total(drawing.add("Mul", away, away), axis=2, keep=False)
    # Near the middle of the points fewer digits are lost. A whole number leaves whole numbers exact, and equal
    # distances equal.
    middle = np.rint(points.mean(axis=0, keepdims=True))
    moved, rows = points - middle, drawing.add("Sub", rows, drawing.numbers(middle))
    own = drawing.total(drawing.add("Mul", rows, rows))
    product = drawing.linear(rows, -2.0 * moved.T, (moved**2).sum(axis=1))
    return drawing.add("Max", drawing.add("Add", product, own), drawing.numbers(0.0))


def along_axes(drawing: Drawing, rows: str, points: NDArray[np.float64]) -> str:
    """Sums of absolute differences, of shape (rows, points)."""
    if points.size > FEW:
        raise NoTwin("It measures distances along the axes to too many points.")
    away = drawing.add("Abs", _away(drawing, rows, np.asarray(points, dtype=np.float64)))
    return drawing.total(away, axis=2, keep=False)


def _away(drawing: Drawing, rows: str, points: NDArray[np.float64]) -> str:
    upright = drawing.add("Unsqueeze", rows, drawing.places([1]))
    return drawing.add("Sub", upright, drawing.numbers(points[None]))
