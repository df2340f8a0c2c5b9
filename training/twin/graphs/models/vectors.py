"""Support vector machines of libsvm: kernels with the support vectors, and a vote of each pair of classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.errors import NoTwin
from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.losses import inliers
from training.twin.graphs.models.kernels import kernel

LEAST_SHARE = 1e-7
"""libsvm keeps the probability of a pair within this of 0 and 1 (svm.cpp, svm_predict_probability)."""


def _near(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    given = {"gamma": estimator._gamma, "degree": estimator.degree, "coef0": estimator.coef0}
    return kernel(drawing, joined(drawing, columns), estimator.support_vectors_, estimator.kernel, given)


def _dense(values: Any) -> NDArray[np.float64]:
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values, dtype=np.float64)


def _sum(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    near = _near(drawing, estimator, columns)
    return drawing.linear(near, _dense(estimator._dual_coef_).T, estimator._intercept_)


def draw_numbers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An SVR or a NuSVR."""
    return Answer(drawing.flat(_sum(drawing, estimator, columns)))


def draw_inliers(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A OneClassSVM."""
    return inliers(drawing, _sum(drawing, estimator, columns), at_zero=-1)


def draw_classes(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An SVC or a NuSVC, by its own `predict`, which need not agree with its probabilities."""
    count = len(estimator.classes_)
    pairs = [(first, second) for first in range(count) for second in range(first + 1, count)]
    near = _near(drawing, estimator, columns)
    raw = drawing.linear(near, _weights_of_pairs(estimator, pairs), estimator._intercept_)
    won = drawing.add("Greater", raw, drawing.numbers(0.0))  # the first class of the pair
    first, second = _marks(pairs, count)
    votes = drawing.add(
        "Add",
        drawing.add("MatMul", drawing.double(won), drawing.numbers(first)),
        drawing.add("MatMul", drawing.double(drawing.add("Not", won)), drawing.numbers(second)),
    )
    prediction = drawing.largest(votes)
    if count == 2:
        decision = drawing.add("Neg", raw)
    else:
        lost = drawing.double(drawing.add("Less", raw, drawing.numbers(0.0)))
        decision = of_votes(drawing, lost, drawing.add("Neg", raw), count)
        if estimator.break_ties and estimator.decision_function_shape == "ovr":
            prediction = drawing.largest(decision)
    shares = None
    if hasattr(estimator, "predict_proba"):
        shares = _shares(drawing, estimator, raw)
    if estimator.decision_function_shape == "ovo" and count > 2:
        return Answer(prediction, shares)
    return Answer(prediction, shares, decision)


def _weights_of_pairs(estimator: Any, pairs: list[tuple[int, int]]) -> NDArray[np.float64]:
    """The weight of each support vector in each pair, of shape (vectors, pairs), from libsvm's form of it: a vector of
    class i has its weight against j in row j - 1 where j is greater, else in row j."""
    dual = _dense(estimator._dual_coef_)
    starts = np.concatenate([[0], np.cumsum(estimator._n_support)])
    weights = np.zeros((dual.shape[1], len(pairs)))
    for place, (first, second) in enumerate(pairs):
        for own, other in ((first, second), (second, first)):
            vectors = slice(starts[own], starts[own + 1])
            weights[vectors, place] = dual[other - 1 if other > own else other, vectors]
    return weights


def _marks(pairs: list[tuple[int, int]], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Which class is the first and which the second of each pair, of shape (pairs, classes)."""
    each = np.eye(count)
    return each[[first for first, _ in pairs]], each[[second for _, second in pairs]]


def of_votes(drawing: Drawing, second_won: str, sure: str, count: int) -> str:
    """scikit-learn's _ovr_decision_function: votes of each pair, and within 1/3 how sure they are of its second class.

    Both tensors are of shape (rows, pairs), the first of 0 and 1; the outcome of (rows, classes).
    """
    pairs = [(first, second) for first in range(count) for second in range(first + 1, count)]
    first, second = _marks(pairs, count)
    first_won = drawing.add("Sub", drawing.numbers(1.0), second_won)
    votes = drawing.add(
        "Add",
        drawing.add("MatMul", first_won, drawing.numbers(first)),
        drawing.add("MatMul", second_won, drawing.numbers(second)),
    )
    total = drawing.add("MatMul", sure, drawing.numbers(second - first))
    most = drawing.add("Mul", drawing.add("Add", drawing.add("Abs", total), drawing.numbers(1.0)), drawing.numbers(3.0))
    return drawing.add("Add", votes, drawing.add("Div", total, most))


def _shares(drawing: Drawing, estimator: Any, raw: str) -> str:
    if len(estimator.classes_) > 2:
        raise NoTwin("Its probabilities of more than two classes come from iterations within libsvm.")
    scaled = drawing.linear(raw, [[-float(estimator._probA[0])]], [-float(estimator._probB[0])])
    share = drawing.add("Sigmoid", scaled)
    kept = drawing.add("Clip", share, drawing.numbers(LEAST_SHARE), drawing.numbers(1 - LEAST_SHARE))
    return drawing.beside([kept, drawing.add("Sub", drawing.numbers(1.0), kept)])
