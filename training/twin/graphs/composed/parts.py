"""What models of models ask of their parts: probabilities, decisions, labels, as scikit-learn picks among them."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from training.errors import NoTwin
from training.twin.graphs.drawing import Answer, Drawing


def response(drawing: Drawing, estimator: Any, answer: Answer, methods: Sequence[str]) -> str:
    """The first of `methods` that `estimator` has, of shape (rows, 1) or (rows, classes)."""
    for method in methods:
        if not hasattr(estimator, method):
            continue
        if method == "predict":
            return drawing.upright(labels(drawing, estimator, answer))
        given = answer.probabilities if method == "predict_proba" else answer.decision
        if given is not None:
            return given
    raise NoTwin(f"Its {type(estimator).__name__} has no scores that can be written in ONNX.")


def positive(drawing: Drawing, estimator: Any, answer: Answer) -> str:
    """How sure one of two classes is of its second, of shape (rows, 1): its decision, or else its probability."""
    if not hasattr(estimator, "classes_") and not hasattr(estimator, "y_"):
        return drawing.upright(answer.prediction)  # of a regression
    if hasattr(estimator, "decision_function"):
        return response(drawing, estimator, answer, ["decision_function"])
    return drawing.picked(response(drawing, estimator, answer, ["predict_proba"]), [1])


def threshold(estimator: Any) -> float:
    """Above which `positive` means the second class."""
    return 0.0 if hasattr(estimator, "decision_function") and hasattr(estimator, "classes_") else 0.5


def labels(drawing: Drawing, estimator: Any, answer: Answer) -> str:
    """What the part predicts as numbers, of shape (rows,): its labels are the numbers of the whole's classes."""
    classes = getattr(estimator, "classes_", None)
    if classes is None:
        return answer.prediction
    values = np.asarray(classes)
    if values.dtype.kind not in "iufb":
        raise NoTwin("Its parts have labels that are no numbers.")
    return drawing.add("Gather", drawing.numbers(values), answer.prediction, axis=0)


def spread(drawing: Drawing, shares: str, places: Sequence[int], width: int) -> str:
    """Columns put at their `places` among `width` ones, the others 0."""
    if list(places) == list(range(width)):
        return shares
    marks = np.zeros((len(places), width))
    marks[np.arange(len(places)), places] = 1.0
    return drawing.add("MatMul", shares, drawing.numbers(marks))


def marked(drawing: Drawing, places: str, width: int) -> str:
    """1 at the place of each row and 0 elsewhere, of shape (rows, width)."""
    return drawing.add("Gather", drawing.numbers(np.eye(width)), places, axis=0)


def weighted(drawing: Drawing, tensors: Sequence[str], weights: Sequence[float] | None) -> str:
    """The weighted sum of tensors of one shape."""
    each = list(tensors)
    if weights is not None:
        each = [
            drawing.add("Mul", tensor, drawing.numbers(float(weight)))
            for tensor, weight in zip(tensors, weights, strict=True)
        ]
    return reduce(lambda total, one: drawing.add("Add", total, one), each)


def mean(drawing: Drawing, tensors: Sequence[str], weights: Sequence[float] | None = None) -> str:
    """The weighted mean of tensors of one shape."""
    whole = float(len(tensors) if weights is None else np.sum(weights))
    return drawing.add("Div", weighted(drawing, tensors, weights), drawing.numbers(whole))
