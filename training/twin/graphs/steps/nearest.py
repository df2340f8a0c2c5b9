"""Gaps filled from the nearest rows of the training."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns, Numbers
from training.twin.graphs.drawing import Drawing

FAR = np.inf
"""The distance to a row that has no column in common."""


def draw_imputer(drawing: Drawing, imputer: Any, columns: Columns) -> Columns:
    """A KNNImputer of gaps that are NaN."""
    if imputer.missing_values == imputer.missing_values or callable(imputer.weights):
        raise NoTwin("A KNNImputer of it fills other than NaN, or weighs by a function of its own.")
    rows, known = joined(drawing, columns), np.asarray(imputer._fit_X, dtype=np.float64)
    gap = drawing.add("IsNaN", rows)
    distances = _distances(drawing, rows, gap, known)
    kept = [place for place in range(columns.width) if imputer._valid_mask[place] or imputer.keep_empty_features]
    made = []
    for place in kept:
        column = drawing.picked(rows, [place])
        if not imputer._valid_mask[place]:
            made.append(drawing.same(rows, [0.0]))
            continue
        donors = np.flatnonzero(~imputer._mask_fit_X[:, place])
        filled = _filled(drawing, imputer, drawing.picked(distances, donors.tolist()), known[donors, place])
        made.append(drawing.add("Where", drawing.picked(gap, [place]), filled, column))
    pieces = [Numbers(drawing.beside(made), len(made))]
    if imputer.indicator_ is not None:
        marked = imputer.indicator_.features_.tolist()
        pieces.append(Numbers(drawing.double(drawing.picked(gap, marked)), len(marked)))
    return columns.of([one for one in pieces if one.width])


def _distances(drawing: Drawing, rows: str, gap: str, known: NDArray[np.float64]) -> str:
    """scikit-learn's squared nan_euclidean_distances, of shape (rows, known), and FAR where no column is common."""
    there = (~np.isnan(known)).astype(np.float64)
    filled = np.where(np.isnan(known), 0.0, known)
    present = drawing.double(drawing.add("Not", gap))
    values = drawing.add("Where", gap, drawing.numbers(0.0), rows)
    own = drawing.add("MatMul", drawing.add("Mul", values, values), drawing.numbers(there.T))
    both = drawing.add("MatMul", values, drawing.numbers(-2.0 * filled.T))
    other = drawing.add("MatMul", present, drawing.numbers((filled**2).T))
    squares = drawing.add("Max", drawing.add("Add", drawing.add("Add", own, both), other), drawing.numbers(0.0))
    common = drawing.add("MatMul", present, drawing.numbers(there.T))
    share = drawing.add("Div", drawing.add("Mul", squares, drawing.numbers(float(known.shape[1]))), common)
    none = drawing.add("Equal", common, drawing.numbers(0.0))
    return drawing.add("Where", none, drawing.numbers(FAR), share)


def _filled(drawing: Drawing, imputer: Any, distances: str, values: NDArray[np.float64]) -> str:
    """The mean of the nearest donors' `values`, of shape (rows, 1); of all donors' where none has a distance."""
    few = drawing.places([min(imputer.n_neighbors, len(values))])
    nearest, places = drawing.two("TopK", distances, few, axis=1, largest=0, sorted=1)
    counted = drawing.double(drawing.add("Less", nearest, drawing.numbers(FAR)))
    weights = counted
    if imputer.weights == "distance":
        at_once = drawing.double(drawing.add("Equal", nearest, drawing.numbers(0.0)))
        some = drawing.add("ReduceMax", at_once, drawing.places([1]), keepdims=1)
        inverse = drawing.add("Div", drawing.numbers(1.0), drawing.add("Sqrt", nearest))
        weights = drawing.add("Where", drawing.add("Greater", some, drawing.numbers(0.0)), at_once, inverse)
    taken = drawing.add("Gather", drawing.numbers(values), places, axis=0)
    mean = drawing.add("Div", drawing.total(drawing.add("Mul", taken, weights)), drawing.total(weights))
    any_near = drawing.add("Greater", drawing.total(counted), drawing.numbers(0.0))
    return drawing.add("Where", any_near, mean, drawing.numbers(float(values.mean())))
