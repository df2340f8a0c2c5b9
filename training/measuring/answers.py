"""Answers as the arrays that scikit-learn's metrics take, whichever process or model they came from.

The forms are those of scikit-learn. Of a classification they are the labels of the estimator, or the places of the
classes; of several targets objects, a number or a class' name each; of a multilabel classification 0 or 1 for each
label; of an outlier detection -1 (an outlier) or 1.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import OUTLIER, Prediction, Target, Task

SUMS_EXACTLY, SUMS_ROUNDED = 1e-8, 1e-4
"""How far from 1 the probabilities of a row sum up in float64 at most, and in float32. Metrics of scikit-learn warn of
more than the first (its `log_loss`)."""


@dataclass(frozen=True)
class Answers:
    """True and predicted values, of shape (rows,), or (rows, targets) or (rows, labels); `actual` is None where the
    truth is not known.

    `probabilities` are those of `labels`, of shape (rows, labels), where the model has them; `scores` those of an
    outlier detection, of shape (rows,); `targets` name what is predicted; `space` has the rows of a clustering as
    points, of shape (rows, dimensions).
    """

    actual: NDArray[Any] | None
    predicted: NDArray[Any]
    probabilities: NDArray[np.float64] | None = None
    labels: NDArray[Any] | None = None
    scores: NDArray[np.float64] | None = None
    targets: tuple[Target, ...] = ()
    space: NDArray[np.float64] | None = None

    def taken(self, rows: NDArray[np.intp]) -> "Answers":
        """The answers to these rows, without their points; a row may come several times."""
        return Answers(
            None if self.actual is None else self.actual[rows],
            self.predicted[rows],
            None if self.probabilities is None else self.probabilities[rows],
            self.labels,
            None if self.scores is None else self.scores[rows],
            self.targets,
        )


def answers_in(answered: Sequence[Mapping[str, Any]], task: Task, targets: tuple[Target, ...]) -> Answers:
    """What the HTTP contract's answers say, the truth left open. A class is its place in `targets`' classes."""
    classes = targets[0].classes
    predicted = predictions_in([answer["prediction"] for answer in answered], task, targets)
    probabilities = scores = None
    if task in ("classification", "multilabel") and answered and "probabilities" in answered[0]:
        shares = [[answer["probabilities"][name] for name in classes] for answer in answered]
        probabilities = np.array(shares, dtype=np.float64)
        if task == "classification":
            probabilities = without_rounding(probabilities)
    if task == "outlier_detection" and answered and "score" in answered[0]:
        scores = np.array([answer["score"] for answer in answered], dtype=np.float64)
    labels = np.arange(len(classes)) if task == "classification" else None
    return Answers(None, predicted, probabilities, labels, scores, targets)


def without_rounding(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities of shape (rows, classes), where those of a row that float32 rounded sum up to 1, and all others are
    what they were."""
    sums = probabilities.sum(axis=1, keepdims=True)
    off = np.abs(sums - 1)
    return probabilities / np.where((off > SUMS_EXACTLY) & (off <= SUMS_ROUNDED), sums, 1.0)


def predictions_in(said: Sequence[Prediction], task: Task, targets: tuple[Target, ...]) -> NDArray[Any]:
    """Predictions as the HTTP contract has them, or true values in the same form, as an array. Raises KeyError where
    one names a class that there is not."""
    if task == "regression":
        return np.array(said, dtype=np.float64)
    if task == "outlier_detection":
        return np.array([-1 if one == OUTLIER else 1 for one in said])
    if task == "clustering":
        # Its numbers; the true ones may have names.
        return np.array(
            [one if isinstance(one, str) else str(int(one)) for one in said if isinstance(one, (str, float, int))]
        )
    if task == "several_targets":
        table = np.empty((len(said), len(targets)), dtype=object)
        for row, one in enumerate(said):
            table[row] = [one[target.name] for target in targets] if isinstance(one, dict) else list(one)  # type: ignore[arg-type] # a row of values, in their order
        return table
    place = {name: index for index, name in enumerate(targets[0].classes)}
    if task == "multilabel":
        marks = np.zeros((len(said), len(place)), dtype=np.int64)
        for row, one in enumerate(said):
            marks[row, [place[name] for name in one]] = 1  # type: ignore[union-attr] # a list of labels
        return marks
    return np.array([place[str(one)] for one in said], dtype=np.int64)
