"""What hardly looks at its rows: one answer for all, or a curve of one column."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing


def draw_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A DummyRegressor."""
    made = drawing.same(columns.rows, np.ravel(estimator.constant_))
    return Answer(made if np.size(estimator.constant_) > 1 else drawing.flat(made))


def draw_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A DummyClassifier that draws no lots."""
    if estimator._strategy in ("stratified", "uniform"):
        raise NoTwin("It draws its answers by lot.")
    row = np.zeros((1, columns.width))
    shares = estimator.predict_proba(row)
    each = shares if isinstance(shares, list) else [shares]
    labels = estimator.classes_ if isinstance(shares, list) else [estimator.classes_]
    predicted = np.atleast_2d(estimator.predict(row))
    parts = [
        Answer(
            drawing.flat(drawing.whole(drawing.same(columns.rows, [known.tolist().index(predicted[0, place])]))),
            drawing.same(columns.rows, share[0]),
        )
        for place, (share, known) in enumerate(zip(each, labels, strict=True))
    ]
    return Answer("", parts=tuple(parts)) if isinstance(shares, list) else parts[0]


def draw_single(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """What stands in a OneVsRestClassifier for a label that all rows have, or none."""
    there = float(estimator.y_[0])
    made = drawing.same(columns.rows, [there])
    return Answer(drawing.flat(drawing.whole(made)), drawing.of_two(made), made)


def draw_steps(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An IsotonicRegression of one column."""
    return Answer(drawing.flat(curve(drawing, estimator, joined(drawing, columns))))


def curve(drawing: Drawing, estimator: Any, column: str) -> str:
    """The curve of an isotonic regression at each value, of shape (rows, 1), in the order of scipy's operations."""
    x: NDArray[np.float64] = np.asarray(estimator.X_thresholds_, dtype=np.float64)
    y: NDArray[np.float64] = np.asarray(estimator.y_thresholds_, dtype=np.float64)
    if len(x) == 1:
        return drawing.add("Add", drawing.add("Mul", column, drawing.numbers(0.0)), drawing.numbers(y[0]))
    inside = drawing.add("Clip", column, drawing.numbers(x[0]), drawing.numbers(x[-1]))
    below = drawing.whole(drawing.add("Less", drawing.numbers(x.reshape(1, -1)), inside))
    count = drawing.total(below)
    place = drawing.add("Clip", count, drawing.places(1), drawing.places(len(x) - 1))
    pieces = drawing.numbers(np.column_stack([x[:-1], y[:-1], np.diff(y) / np.diff(x)]))
    piece = drawing.add("Gather", pieces, drawing.flat(drawing.add("Sub", place, drawing.places(1))), axis=0)
    start, height, slope = (drawing.picked(piece, [column]) for column in range(3))
    value = drawing.add("Add", drawing.add("Mul", slope, drawing.add("Sub", inside, start)), height)
    if estimator.out_of_bounds == "clip":
        return value
    outside = drawing.add("Equal", inside, column)
    return drawing.add("Where", outside, value, drawing.numbers(np.nan))
