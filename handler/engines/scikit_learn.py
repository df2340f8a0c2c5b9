"""Loads what joblib wrote of a fitted estimator, and asks it.

With `mapped_arrays` the only place in `handler` that unpickles, which runs whatever code is in the bytes. So both take
verified bytes alone.
"""

import warnings
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import InconsistentVersionWarning

from handler.engines.base import Engine, LoadedModel
from handler.engines.fitted_parts import serve_alone
from handler.engines.several_outputs import classes_of_outputs, probabilities_of_labels, probabilities_of_outputs
from handler.engines.shipped import artifact_modules
from handler.errors.model import UnloadableArtifact
from handler.registry.chain import VerifiedArtifact
from handler.registry.storage import PrivateFile


class FittedEstimator(LoadedModel):
    """An estimator as a model that serves."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator
        self.target_classes = classes_of_outputs(estimator)
        self.classes: list[Any] = [] if self.target_classes else np.asarray(getattr(estimator, "classes_", [])).tolist()

    def predict(self, rows: NDArray[Any]) -> Any:
        answer = self.estimator.predict(rows)
        return answer.toarray() if hasattr(answer, "toarray") else answer

    def predict_proba(self, rows: NDArray[Any]) -> Any:
        return self.estimator.predict_proba(rows) if hasattr(self.estimator, "predict_proba") else None

    def target_probabilities(self, rows: NDArray[Any]) -> list[NDArray[np.float64]] | None:
        return probabilities_of_outputs(self.estimator, rows)

    def label_probabilities(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        return probabilities_of_labels(self.estimator, rows, self.target_classes)

    def class_scores(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        from handler.engines.scores import class_scores  # of the classifiers without probabilities alone

        return class_scores(self.estimator, rows, len(self.classes))

    def outlier_scores(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        if not hasattr(self.estimator, "decision_function"):
            return None
        return np.asarray(self.estimator.decision_function(rows), dtype=np.float64).reshape(len(rows))

    def finite_scores(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        from handler.engines.scores import finite_scores  # as above, and seldom needed by those

        return finite_scores(self.estimator, rows)


class ScikitLearn(Engine):
    """scikit-learn, by joblib."""

    name = "scikit-learn"

    def load(self, artifact: VerifiedArtifact) -> FittedEstimator:
        version = artifact.manifest.version
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the log has JSON lines alone
                warnings.simplefilter("error", InconsistentVersionWarning)
                estimator = _unpickled(artifact)
        except Exception as error:
            raise UnloadableArtifact(
                f"{version} could not be loaded: {type(error).__name__}: {error}. Every class in it must come from "
                f"{', '.join(artifact_modules(self.name))}; `python -m training publish` finds out beforehand."
            ) from error
        if not callable(getattr(estimator, "predict", None)):
            raise UnloadableArtifact(f"{version} holds a {type(estimator).__name__}, not an estimator with predict().")
        serve_alone(estimator)
        return FittedEstimator(estimator)


def _unpickled(artifact: VerifiedArtifact) -> Any:
    """The object in the artifact: from a file its arrays are mapped, from memory they are copied."""
    if isinstance(artifact.content, PrivateFile):
        from handler.engines.mapped_arrays import load_mapped  # for large artifacts alone

        loaded = load_mapped(artifact)
        if loaded is not None:
            return loaded
    with artifact.open() as reader:
        return joblib.load(reader)
