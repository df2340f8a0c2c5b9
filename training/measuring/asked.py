"""Whatever answers as the HTTP contract does, as an estimator: so scikit-learn's scorers and inspections take it.

Its labels are the places of the classes, as `training.measuring.answers` has them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, ClusterMixin, OutlierMixin, RegressorMixin
from sklearn.metrics import get_scorer

from handler.records.signature import Target, Task
from training.errors import UnprovedArtifact
from training.measuring.answers import Answers, answers_in
from training.measuring.metrics import measure

Ask = Callable[[NDArray[Any]], Sequence[Mapping[str, Any]]]
"""Gives an answer for each row, or raises ValueError."""


def as_estimator(task: Task, targets: tuple[Target, ...], ask: Ask, has_probabilities: bool) -> Any:
    """An estimator of this task that answers by `ask`."""
    if task == "classification":
        kind = AskedProbabilities if has_probabilities else AskedClassifier
        return kind(task, targets, ask)
    if task == "multilabel":
        return (AskedLabels if has_probabilities else Asked)(task, targets, ask)
    kinds = {"regression": AskedRegressor, "outlier_detection": AskedOutliers, "clustering": AskedClusters}
    return kinds.get(task, Asked)(task, targets, ask)


def score(metric: str, task: Task, answers: Answers) -> float:
    """The metric, one of `measure` or a scorer of scikit-learn, with the sign by which greater is better.

    Raises UnprovedArtifact where it needs other answers than these.
    """
    measured = measure(task, answers)
    own = metric.removeprefix("neg_")
    if own in measured and task not in ("classification", "regression"):
        return measured[own] if own == metric else -measured[own]
    estimator = as_estimator(task, answers.targets, lambda _: (), answers.probabilities is not None)
    estimator.given = answers
    try:
        return float(get_scorer(metric)(estimator, np.zeros((len(answers.predicted), 1)), answers.actual))
    except (ValueError, AttributeError, TypeError) as error:
        raise UnprovedArtifact(f"{metric} cannot be measured on what it answers: {error}") from error


class Asked(BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Answers by `ask`, or what it is `given`; `known` are rows that were asked before, with the answers to them."""

    def __init__(self, task: Task, targets: tuple[Target, ...], ask: Ask) -> None:
        self.task, self.targets, self.ask = task, targets, ask
        self.given: Answers | None = None
        self.known: tuple[NDArray[Any], Answers] | None = None

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def fit(self, rows: Any, truth: Any = None) -> "Asked":  # noqa: ARG002 - scikit-learn wants it to be there
        return self

    def predict(self, rows: NDArray[Any]) -> NDArray[Any]:
        return self.answers(rows).predicted

    def answers(self, rows: NDArray[Any]) -> Answers:
        if self.known is not None and rows is self.known[0]:
            return self.known[1]
        return self.given or answers_in(self.ask(rows), self.task, self.targets)


class AskedRegressor(RegressorMixin, Asked):  # type: ignore[misc] # as above
    pass


class AskedClusters(ClusterMixin, Asked):  # type: ignore[misc] # as above
    pass


class AskedOutliers(OutlierMixin, Asked):  # type: ignore[misc] # as above
    def decision_function(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        return self.answers(rows).scores


class AskedLabels(Asked):
    def predict_proba(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        return self.answers(rows).probabilities


class AskedClassifier(ClassifierMixin, Asked):  # type: ignore[misc] # as above
    def __init__(self, task: Task, targets: tuple[Target, ...], ask: Ask) -> None:
        super().__init__(task, targets, ask)
        self.classes_ = np.arange(len(targets[0].classes))


class AskedProbabilities(AskedClassifier):
    def predict_proba(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        return self.answers(rows).probabilities
