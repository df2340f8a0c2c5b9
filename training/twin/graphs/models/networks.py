"""Neural networks of scikit-learn: layers of weighted sums."""

from typing import Any

from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing

ACTIVATIONS = {"relu": "Relu", "tanh": "Tanh", "logistic": "Sigmoid"}


def draw_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An MLPRegressor."""
    made = _last_layer(drawing, estimator, columns)
    if estimator.out_activation_ != "identity":
        made = drawing.add("Exp", made)  # of the loss "poisson"
    return Answer(made if estimator.n_outputs_ > 1 else drawing.flat(made))


def draw_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An MLPClassifier, of one class of several or of several labels."""
    made = _last_layer(drawing, estimator, columns)
    if estimator.out_activation_ == "softmax":
        return Answer(drawing.largest(made), drawing.add("Softmax", made, axis=1))
    shares = drawing.add("Sigmoid", made)
    there = drawing.whole(drawing.add("Greater", shares, drawing.numbers(0.5)))
    if estimator._label_binarizer.y_type_.startswith("multilabel"):
        return Answer(there, shares)
    return Answer(drawing.flat(there), drawing.of_two(shares))


def _last_layer(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    rows = joined(drawing, columns)
    for place, (weights, offsets) in enumerate(zip(estimator.coefs_, estimator.intercepts_, strict=True)):
        if place and estimator.activation in ACTIVATIONS:
            rows = drawing.add(ACTIVATIONS[estimator.activation], rows)
        rows = drawing.linear(rows, weights, offsets)
    return rows
