"""Pairs of classes: the votes of one model for each, and the probabilities that libsvm makes of theirs."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.twin.graphs.drawing import Drawing

LEAST_SHARE = 1e-7
"""libsvm keeps the probability of a pair within this of 0 and 1 (svm.cpp, svm_predict_probability)."""

MOST_TURNS = 100
NEAR_ENOUGH = 0.005
"""libsvm stops its turns where the error is below this, divided by the number of classes (svm.cpp,
multiclass_probability)."""


def pairs_of(count: int) -> list[tuple[int, int]]:
    """The pairs of so many classes in the order of scikit-learn and libsvm."""
    return [(first, second) for first in range(count) for second in range(first + 1, count)]


def marks(pairs: list[tuple[int, int]], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Which class is the first and which the second of each pair, of shape (pairs, classes)."""
    each = np.eye(count)
    return each[[first for first, _ in pairs]], each[[second for _, second in pairs]]


def of_votes(drawing: Drawing, second_won: str, sure: str, count: int) -> str:
    """scikit-learn's _ovr_decision_function: votes of each pair, and within 1/3 how sure they are of its second class.

    Both tensors are of shape (rows, pairs), the first of 0 and 1; the outcome of (rows, classes).
    """
    first, second = marks(pairs_of(count), count)
    first_won = drawing.add("Sub", drawing.numbers(1.0), second_won)
    votes = drawing.add(
        "Add",
        drawing.add("MatMul", first_won, drawing.numbers(first)),
        drawing.add("MatMul", second_won, drawing.numbers(second)),
    )
    total = drawing.add("MatMul", sure, drawing.numbers(second - first))
    most = drawing.add("Mul", drawing.add("Add", drawing.add("Abs", total), drawing.numbers(1.0)), drawing.numbers(3.0))
    return drawing.add("Add", votes, drawing.add("Div", total, most))


def shares_of_pairs(drawing: Drawing, estimator: Any, raw: str) -> str:
    """The probabilities of a support vector machine, of shape (rows, classes), from the decisions of its pairs.

    They are what libsvm's multiclass_probability comes to, in as many turns: it stops before it is exact.
    """
    count = len(estimator.classes_)
    scaled = drawing.add("Mul", raw, drawing.numbers(-np.reshape(estimator._probA, (1, -1))))
    moved = drawing.add("Sub", scaled, drawing.numbers(np.reshape(estimator._probB, (1, -1))))
    low, high = drawing.numbers(LEAST_SHARE), drawing.numbers(1 - LEAST_SHARE)
    share = drawing.add("Clip", drawing.add("Sigmoid", moved), low, high)
    # Of each pair both ways round, of shape (rows, classes, classes).
    ways = np.zeros((2, len(pairs_of(count)), count * count))
    for place, (first, second) in enumerate(pairs_of(count)):
        ways[0, place, first * count + second] = ways[1, place, second * count + first] = 1.0
    both = drawing.add(
        "Add",
        drawing.add("MatMul", share, drawing.numbers(ways[0])),
        drawing.add("MatMul", drawing.add("Sub", drawing.numbers(1.0), share), drawing.numbers(ways[1])),
    )
    square = drawing.add("Reshape", both, drawing.places([-1, count, count]))
    product = drawing.add("Mul", square, drawing.add("Transpose", square, perm=[0, 2, 1]))
    own = drawing.total(drawing.add("Mul", square, square), axis=1)  # (rows, 1, classes)
    matrix = drawing.add("Sub", drawing.add("Mul", own, drawing.numbers(np.eye(count)[None])), product)
    start = drawing.same(raw, np.full(count, 1 / count))
    return drawing.loop(MOST_TURNS, start, lambda inner, shares: _turn(inner, matrix, shares, count))


def _turn(drawing: Drawing, matrix: str, shares: str, count: int) -> tuple[str, str]:
    """One turn over all classes for the rows that are not near enough, and whether any row was not."""
    upright = drawing.add("Unsqueeze", shares, drawing.places([2]))
    steep = drawing.add("Squeeze", drawing.add("MatMul", matrix, upright), drawing.places([2]))
    level = drawing.total(drawing.add("Mul", shares, steep))
    error = drawing.add("Abs", drawing.add("Sub", steep, level))
    worst = drawing.add("ReduceMax", error, drawing.places([1]), keepdims=1)
    far = drawing.add("GreaterOrEqual", worst, drawing.numbers(NEAR_ENOUGH / count))
    one, moved = drawing.numbers(1.0), shares
    for place in range(count):
        row = drawing.add("Gather", matrix, drawing.places(place), axis=1)  # (rows, classes)
        own, slope = drawing.picked(row, [place]), drawing.picked(steep, [place])
        step = drawing.add("Div", drawing.add("Sub", level, slope), own)
        grown = drawing.add("Add", one, step)
        bent = drawing.add("Add", drawing.add("Mul", step, own), drawing.add("Mul", slope, drawing.numbers(2.0)))
        raised = drawing.add("Add", level, drawing.add("Mul", step, bent))
        level = drawing.add("Div", drawing.add("Div", raised, grown), grown)
        steep = drawing.add("Div", drawing.add("Add", steep, drawing.add("Mul", step, row)), grown)
        added = drawing.add("Add", moved, drawing.add("Mul", step, drawing.numbers(np.eye(count)[[place]])))
        moved = drawing.add("Div", added, grown)
    some = drawing.add("ReduceMax", drawing.whole(far), keepdims=0)
    return drawing.add("Where", far, moved, shares), drawing.add("Greater", some, drawing.places(0))
