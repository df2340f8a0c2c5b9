"""Neighbours: the nearest rows of the training, or those within a radius, and what they are."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.losses import inliers
from training.twin.graphs.models.distances import along_axes, squared


def draw_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A KNeighborsClassifier."""
    weights, places = _nearest(drawing, estimator, columns)
    return _of_outputs(drawing, estimator, lambda table: _gathered(drawing, table, weights, places))


def draw_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A KNeighborsRegressor."""
    weights, places = _nearest(drawing, estimator, columns)
    return _mean(drawing, estimator, lambda table: _gathered(drawing, table, weights, places))


def draw_classes_within(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A RadiusNeighborsClassifier. Without neighbours its probabilities are NaN, of which no answer comes."""
    if estimator.outlier_label is not None:
        raise NoTwin("It has a label for rows without neighbours.")
    weights = _within(drawing, estimator, columns)
    return _of_outputs(drawing, estimator, lambda table: drawing.add("MatMul", weights, drawing.numbers(table)))


def draw_numbers_within(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A RadiusNeighborsRegressor."""
    weights = _within(drawing, estimator, columns)
    return _mean(drawing, estimator, lambda table: drawing.add("MatMul", weights, drawing.numbers(table)))


def _of_outputs(drawing: Drawing, estimator: Any, voted: Any) -> Answer:
    """The shares of each output's classes among the neighbours; `voted` sums rows of a table over them."""
    known: NDArray[Any] = np.asarray(estimator._y).reshape(len(estimator._fit_X), -1)
    classes: Sequence[Any] = estimator.classes_ if estimator.outputs_2d_ else [estimator.classes_]
    parts = []
    for output, labels in enumerate(classes):
        votes = voted(np.eye(len(labels))[known[:, output]])
        parts.append(Answer(drawing.largest(votes), drawing.shares(votes)))
    return Answer("", parts=tuple(parts)) if estimator.outputs_2d_ else parts[0]


def _mean(drawing: Drawing, estimator: Any, voted: Any) -> Answer:
    known: NDArray[Any] = np.asarray(estimator._y, dtype=np.float64)
    table = known.reshape(len(known), -1)
    width = table.shape[1]
    sums = voted(np.column_stack([table, np.ones(len(table))]))
    mean = drawing.add("Div", drawing.picked(sums, range(width)), drawing.picked(sums, [width]))
    return Answer(mean if known.ndim == 2 and width > 1 else drawing.flat(mean))


def _nearest(drawing: Drawing, estimator: Any, columns: Columns) -> tuple[str, str]:
    """How much each of the nearest counts, and which they are, each of shape (rows, neighbours)."""
    distances, is_squared = _distances(drawing, estimator, columns)
    few = drawing.places([estimator.n_neighbors])
    nearest, places = drawing.two("TopK", distances, few, axis=1, largest=0, sorted=1)
    return _weights(drawing, estimator, nearest, is_squared=is_squared), places


def _within(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    """How much each row of the training counts, of shape (rows, rows of the training)."""
    distances, is_squared = _distances(drawing, estimator, columns)
    radius = float(estimator.radius) ** 2 if is_squared else float(estimator.radius)
    near = drawing.double(drawing.add("LessOrEqual", distances, drawing.numbers(radius)))
    if estimator.weights == "uniform":
        return near
    raise NoTwin("It weighs what is within its radius.")


def _weights(drawing: Drawing, estimator: Any, nearest: str, *, is_squared: bool) -> str:
    if estimator.weights in ("uniform", None):
        return drawing.add("Add", drawing.add("Mul", nearest, drawing.numbers(0.0)), drawing.numbers(1.0))
    if estimator.weights != "distance":
        raise NoTwin("It weighs neighbours by a function of its own.")
    distances = drawing.add("Sqrt", nearest) if is_squared else nearest
    at_once = drawing.add("Equal", distances, drawing.numbers(0.0))
    equal = drawing.double(at_once)
    some = drawing.add("ReduceMax", equal, drawing.places([1]), keepdims=1)
    inverse = drawing.add("Div", drawing.numbers(1.0), distances)
    return drawing.add("Where", drawing.add("Greater", some, drawing.numbers(0.0)), equal, inverse)


def _distances(drawing: Drawing, estimator: Any, columns: Columns) -> tuple[str, bool]:
    points = estimator._fit_X
    if hasattr(points, "toarray"):
        raise NoTwin("It was fitted to a sparse array.")
    metric, power = estimator.effective_metric_, estimator.effective_metric_params_.get("p", 2)
    rows = joined(drawing, columns)
    if metric in ("euclidean", "l2") or (metric == "minkowski" and power == 2):
        return squared(drawing, rows, points), True
    if metric in ("manhattan", "l1", "cityblock") or (metric == "minkowski" and power == 1):
        return along_axes(drawing, rows, points), False
    raise NoTwin(f"It measures distances by {metric if isinstance(metric, str) else 'a function of its own'}.")


def _gathered(drawing: Drawing, table: NDArray[np.float64], weights: str, places: str) -> str:
    """The weighted sum of the neighbours' rows of `table`, of shape (rows, values)."""
    values = drawing.add("Gather", drawing.numbers(table), places, axis=0)
    weighted = drawing.add("Mul", values, drawing.add("Unsqueeze", weights, drawing.places([2])))
    return drawing.total(weighted, axis=1, keep=False)


def draw_local_outlier(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A LocalOutlierFactor with novelty: how dense it is around a row, beside how dense around its neighbours."""
    distances, is_squared = _distances(drawing, estimator, columns)
    few = estimator.n_neighbors_
    nearest, places = drawing.two("TopK", distances, drawing.places([few]), axis=1, largest=0, sorted=1)
    far = drawing.add("Gather", drawing.numbers(estimator._distances_fit_X_[:, few - 1]), places, axis=0)
    reached = drawing.add("Max", drawing.add("Sqrt", nearest) if is_squared else nearest, far)
    mean = drawing.add("Div", drawing.total(reached), drawing.numbers(float(few)))
    sparse = drawing.add("Add", mean, drawing.numbers(1e-10))  # as scikit-learn's _local_reachability_density
    around = drawing.add("Gather", drawing.numbers(estimator._lrd), places, axis=0)
    factor = drawing.add("Mul", drawing.add("Div", drawing.total(around), drawing.numbers(float(few))), sparse)
    return inliers(drawing, drawing.add("Sub", drawing.add("Neg", factor), drawing.numbers(float(estimator.offset_))))
