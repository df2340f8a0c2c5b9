"""The metrics of each task, by scikit-learn's names and definitions (User Guide, "Metrics and scoring").

Each is a plain mean over the rows. What needs the truth is left out where that is not known.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics

from handler.records.signature import Target, Task
from training.measuring.answers import Answers

MOST_POINTS = 2000
"""A silhouette takes the distances between all points."""

NOT_JUDGED = "share_of_outliers"
"""What is told of outliers where nobody knows which rows are some: neither much nor little of it is good."""


def measure(task: Task, answers: Answers) -> dict[str, float]:
    """The metrics of `task` on these answers, by name."""
    with warnings.catch_warnings():
        if task not in ("classification", "regression"):
            warnings.simplefilter("ignore")  # of labels or classes that these rows do not have
        return {name: float(value) for name, value in _MEASURES[task](answers).items()}


def default_metric(task: Task, targets: tuple[Target, ...], has_truth: bool = True) -> str:
    """What a model is judged by where its description names nothing."""
    if task == "classification":
        return "accuracy"
    if task == "regression":
        return "neg_root_mean_squared_error"
    if task == "multilabel":
        return "f1_macro"
    if task == "several_targets":
        return "accuracy" if all(target.classes for target in targets) else "r2"
    if task == "outlier_detection":
        return "balanced_accuracy" if has_truth else NOT_JUDGED
    return "adjusted_rand_score" if has_truth else "silhouette_score"


def _classification(answers: Answers) -> dict[str, Any]:
    actual, predicted = answers.actual, answers.predicted
    if actual is None:
        return {}
    measured = {
        "accuracy": metrics.accuracy_score(actual, predicted),
        "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted),
        "f1_macro": metrics.f1_score(actual, predicted, average="macro"),
    }
    if answers.probabilities is not None:
        measured["log_loss"] = metrics.log_loss(actual, answers.probabilities, labels=answers.labels)
    return measured


def _regression(answers: Answers) -> dict[str, Any]:
    actual, predicted = answers.actual, answers.predicted
    if actual is None:
        return {}
    return {
        "r2": metrics.r2_score(actual, predicted),
        "mean_absolute_error": metrics.mean_absolute_error(actual, predicted),
        "root_mean_squared_error": metrics.root_mean_squared_error(actual, predicted),
    }


def _several_targets(answers: Answers) -> dict[str, Any]:
    """For each target r2, or the accuracy where it has classes; under the plain names their means over such targets."""
    if answers.actual is None:
        return {}
    of_each: dict[str, Any] = {}
    plain: dict[str, list[float]] = {}
    for place, target in enumerate(answers.targets):
        actual, predicted = (_column(values, place, target) for values in (answers.actual, answers.predicted))
        name = "accuracy" if target.classes else "r2"
        score = metrics.accuracy_score if target.classes else metrics.r2_score
        of_each[f"{name}_{target.name}"] = score(actual, predicted)
        plain.setdefault(name, []).append(of_each[f"{name}_{target.name}"])
        if not target.classes:
            of_each[f"mean_absolute_error_{target.name}"] = metrics.mean_absolute_error(actual, predicted)
    return {**{name: np.mean(scores) for name, scores in plain.items()}, **of_each}


def _column(values: NDArray[Any], place: int, target: Target) -> NDArray[Any]:
    return values[:, place].astype(str if target.classes else np.float64)


def _multilabel(answers: Answers) -> dict[str, Any]:
    actual, predicted = answers.actual, answers.predicted
    if actual is None:
        return {}
    return {
        "accuracy": metrics.accuracy_score(actual, predicted),  # all labels of a row right
        "f1_macro": metrics.f1_score(actual, predicted, average="macro", zero_division=0),
        "hamming_loss": metrics.hamming_loss(actual, predicted),
    }


def _outlier_detection(answers: Answers) -> dict[str, Any]:
    actual, predicted = answers.actual, answers.predicted
    measured: dict[str, Any] = {}
    if actual is not None:
        measured["balanced_accuracy"] = metrics.balanced_accuracy_score(actual, predicted)
        if answers.scores is not None and len(np.unique(actual)) == 2:
            measured["roc_auc"] = metrics.roc_auc_score(actual, answers.scores)
    return {**measured, NOT_JUDGED: np.mean(predicted == -1)}


def _clustering(answers: Answers) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    if answers.actual is not None:
        measured["adjusted_rand_score"] = metrics.adjusted_rand_score(answers.actual, answers.predicted)
    if answers.space is not None:
        points, found = answers.space[:MOST_POINTS], answers.predicted[:MOST_POINTS]
        if 2 <= len(np.unique(found)) < len(points):
            measured["silhouette_score"] = metrics.silhouette_score(points, found)
    return measured


_MEASURES: dict[Task, Callable[[Answers], dict[str, Any]]] = {
    "classification": _classification,
    "regression": _regression,
    "several_targets": _several_targets,
    "multilabel": _multilabel,
    "outlier_detection": _outlier_detection,
    "clustering": _clustering,
}
