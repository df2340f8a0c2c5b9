"""Lets scikit-learn's scorers score answers that another process gave."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.metrics import get_scorer

from training.errors import UnprovedArtifact


def score(metric: str, recorded: Any, truth: NDArray[Any]) -> float:
    """The score by scikit-learn's scorer: greater is better. Raises UnprovedArtifact where it needs other answers."""
    try:
        return float(get_scorer(metric)(recorded, np.zeros((len(truth), 1)), truth))
    except (ValueError, AttributeError) as error:
        raise UnprovedArtifact(f"{metric} cannot be measured on what it answers: {error}") from error


class RecordedRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Has a scorer see answers that were given before."""

    def __init__(self, predicted: NDArray[Any]) -> None:
        self.predicted = predicted
        self.fitted_ = True

    def predict(self, _: Any) -> NDArray[Any]:
        return self.predicted


class RecordedClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # as above
    def __init__(self, names: Sequence[str], predicted: NDArray[Any]) -> None:
        self.names, self.predicted = names, predicted
        self.classes_ = np.array(names)

    def predict(self, _: Any) -> NDArray[Any]:
        return self.predicted


class RecordedProbabilities(RecordedClassifier):
    def __init__(self, names: Sequence[str], predicted: NDArray[Any], probabilities: NDArray[Any]) -> None:
        super().__init__(names, predicted)
        self.probabilities = probabilities

    def predict_proba(self, _: Any) -> NDArray[Any]:
        return self.probabilities
