"""How sure a model is of each label: the distance from a tie, in the units in which the bounds are."""

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.svm import SVC, NuSVC

from handler.engines.scikit_learn import FittedEstimator
from handler.records.signature import Target, Task
from training.twin.compared.said import Said

SURE = np.inf
"""The margin of a label without any number that shows how near another one is: it must never differ."""


def margins_of(
    model: FittedEstimator, rows: NDArray[Any], said: Said, task: Task, targets: Sequence[Target]
) -> NDArray[np.float64]:
    """The margin of each label in `said`, of the same shape, in units of the numbers that it is chosen by.

    Of probabilities and scores it is the difference of the two largest; of one of several labels that of its
    probability and the contrary's; of an outlier its score; of a cluster the difference of the two least distances. A
    support vector classifier's is the least of its pairs' decision values, by which it chooses.
    """
    sure = np.full(said.labels.shape, SURE)
    if task == "several_targets":
        named = [target.name for target in targets if target.classes]
        for place, name in enumerate(named):
            shares = said.numbers.get(f"probabilities of {name}")
            if shares is not None:
                sure[:, place] = _difference(shares)
        return sure
    if task == "multilabel":
        given = said.numbers.get("probabilities")
        return sure if given is None else np.abs(2 * given - 1)
    if task == "outlier_detection":
        given = said.numbers.get("score")
        return sure if given is None else np.abs(given)
    pairs = pairs_of(model.estimator, rows) if task == "classification" else None
    if pairs is not None:
        return np.asarray(np.abs(pairs).min(axis=1))[:, None]
    numbers = said.numbers.get("probabilities", said.numbers.get("scores"))
    if numbers is None and task == "clustering":
        numbers = _nearness(model.estimator, rows)
    return sure if numbers is None else _difference(numbers)[:, None]


def pairs_of(estimator: Any, rows: NDArray[Any]) -> NDArray[np.float64] | None:
    """The decision values of each pair of classes, of shape (rows, pairs); None where the model does not vote by them.

    What a support vector classifier shows as scores counts the votes of the pairs, and so jumps where one turns.
    """
    inner = estimator
    while hasattr(inner, "steps"):
        rows, inner = inner[:-1].transform(rows), inner.steps[-1][1]
    if not isinstance(inner, (SVC, NuSVC)) or (inner.break_ties and len(inner.classes_) > 2):
        return None
    by_pairs = copy.copy(inner)
    by_pairs.decision_function_shape = "ovo"
    return np.asarray(by_pairs.decision_function(rows), dtype=np.float64).reshape(len(rows), -1)


def scale_of(model: FittedEstimator, rows: NDArray[Any], task: Task) -> float | None:
    """What margins are counted in that are no numbers of an answer, measured on `rows`; None where there are none."""
    if task == "classification":
        values = pairs_of(model.estimator, rows)
    elif task == "clustering" and not hasattr(model.estimator, "predict_proba"):
        values = _nearness(model.estimator, rows)
    else:
        values = None
    return None if values is None else float(np.std(values)) or None


def _nearness(estimator: Any, rows: NDArray[Any]) -> NDArray[np.float64] | None:
    """The distances to the clusters, as negative numbers; None where the model has none."""
    if not hasattr(estimator, "transform"):
        return None
    distances = np.asarray(estimator.transform(rows), dtype=np.float64)
    return -distances if distances.ndim == 2 and distances.shape[1] > 1 else None


def _difference(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the two largest of each row."""
    if values.shape[1] < 2:
        return np.full(len(values), SURE)
    two = np.partition(values, -2, axis=1)[:, -2:]
    return two[:, 1] - two[:, 0]
