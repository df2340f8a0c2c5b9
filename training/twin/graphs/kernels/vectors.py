"""Support vector machines of libsvm: kernels with the support vectors, and a vote of each pair of classes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.twin.graphs.choosing import joined
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.kernels.functions import kernel
from training.twin.graphs.kernels.pairs import marks, of_votes, pairs_of, shares_of_pairs
from training.twin.graphs.losses import inliers


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
    pairs = pairs_of(count)
    near = _near(drawing, estimator, columns)
    raw = drawing.linear(near, _weights_of_pairs(estimator, pairs), estimator._intercept_)
    won = drawing.add("Greater", raw, drawing.numbers(0.0))  # the first class of the pair
    first, second = marks(pairs, count)
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
        shares = shares_of_pairs(drawing, estimator, raw)
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
