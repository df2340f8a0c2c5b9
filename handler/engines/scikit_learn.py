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
from handler.engines.shipped import artifact_modules
from handler.errors.model import UnloadableArtifact
from handler.registry.chain import VerifiedArtifact
from handler.registry.storage import PrivateFile


class FittedEstimator(LoadedModel):
    """An estimator as a model that serves."""

    def __init__(self, estimator: Any) -> None:
        self.estimator = estimator
        self.classes: list[Any] = np.asarray(getattr(estimator, "classes_", [])).tolist()

    def predict(self, rows: NDArray[Any]) -> Any:
        return self.estimator.predict(rows)

    def predict_proba(self, rows: NDArray[Any]) -> Any:
        return self.estimator.predict_proba(rows) if hasattr(self.estimator, "predict_proba") else None

    def finite_scores(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        # Of the classifiers without probabilities alone, and seldom needed by those.
        from handler.engines.scores import finite_scores

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
