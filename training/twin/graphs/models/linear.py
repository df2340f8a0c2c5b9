"""Linear models: a weighted sum of the columns, and what its link or its probabilities make of it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.losses import inliers, of_link


def _sum(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    """The weighted sum, of shape (rows, outputs)."""
    coefficients = estimator.coef_
    dense = coefficients.toarray() if hasattr(coefficients, "toarray") else coefficients
    weights: NDArray[np.float64] = np.asarray(dense, dtype=np.float64).reshape(-1, columns.width)
    offsets = np.broadcast_to(np.ravel(estimator.intercept_), len(weights))
    return drawing.linear(joined(drawing, columns), weights.T, offsets)


def draw_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """One that predicts numbers."""
    made = _sum(drawing, estimator, columns)
    several = np.ndim(estimator.coef_) == 2 and len(estimator.coef_) > 1
    return Answer(made if several else drawing.flat(made))


def draw_through_link(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A generalized linear model."""
    link = type(estimator._base_loss.link).__name__
    return Answer(drawing.flat(of_link(drawing, _sum(drawing, estimator, columns), link)))


def draw_partial_least_squares(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A PLSRegression and its like, which move the columns to their means first."""
    rows = drawing.add("Sub", joined(drawing, columns), drawing.numbers(estimator._x_mean.reshape(1, -1)))
    made = drawing.linear(rows, np.asarray(estimator.coef_).T, estimator.intercept_)
    return Answer(made if len(estimator.coef_) > 1 else drawing.flat(made))


def draw_decision(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A classifier without probabilities; of several labels where the estimator has them."""
    decision = _sum(drawing, estimator, columns)
    if getattr(getattr(estimator, "_label_binarizer", None), "y_type_", "").startswith("multilabel"):
        there = drawing.whole(drawing.add("Greater", decision, drawing.numbers(0.0)))
        return Answer(there, decision=decision)
    return Answer(_place(drawing, estimator, decision), decision=decision)


def draw_logistic(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A logistic regression, or a linear discriminant analysis: softmax, or for two classes its logistic function."""
    decision = _sum(drawing, estimator, columns)
    if len(estimator.classes_) == 2:
        shares = drawing.of_two(drawing.add("Sigmoid", decision))
    else:
        shares = drawing.add("Softmax", decision, axis=1)
    return Answer(_place(drawing, estimator, decision), shares, decision)


def draw_stochastic(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An SGDClassifier, which has probabilities for two of its losses."""
    decision = _sum(drawing, estimator, columns)
    place = _place(drawing, estimator, decision)
    if not hasattr(estimator, "predict_proba"):
        return Answer(place, decision=decision)
    if estimator.loss == "log_loss":
        each = drawing.add("Sigmoid", decision)
    elif estimator.loss == "modified_huber":
        kept = drawing.add("Clip", decision, drawing.numbers(-1.0), drawing.numbers(1.0))
        each = drawing.add("Div", drawing.add("Add", kept, drawing.numbers(1.0)), drawing.numbers(2.0))
    else:
        raise NoTwin("Its loss has probabilities that are not known here.")
    return Answer(place, shares_of_each(drawing, each, len(estimator.classes_)), decision)


def shares_of_each(drawing: Drawing, each: str, classes: int) -> str:
    """Probabilities from one for each class on its own, of shape (rows, 1) for two; where all are 0 they are equal."""
    if classes == 2:
        return drawing.of_two(each)
    nothing = drawing.add("Equal", drawing.total(each), drawing.numbers(0.0))
    return drawing.shares(drawing.add("Where", nothing, drawing.numbers(1.0), each))


def _place(drawing: Drawing, estimator: Any, decision: str) -> str:
    return drawing.positive(decision) if len(estimator.classes_) == 2 else drawing.largest(decision)


def draw_outlier(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An SGDOneClassSVM."""
    weights = np.asarray(estimator.coef_).reshape(-1, 1)
    decision = drawing.linear(joined(drawing, columns), weights, -np.ravel(estimator.offset_))
    return inliers(drawing, decision)
