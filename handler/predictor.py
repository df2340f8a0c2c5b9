"""Turns verified bytes into an estimator, and asks it.

The only place in this project that unpickles what came out of a registry. It takes a `VerifiedArtifact`, checks the
library versions, loads those same bytes, and compares the model with its own examples before anyone gets an answer.
`handler.environment` serves with it; `training` proves artifacts with it.
"""

import io
import json
import warnings
from collections.abc import Sequence
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import InconsistentVersionWarning

from handler.errors import NoFiniteAnswer, SelfTestFailed, UnloadableArtifact
from handler.fitted_parts import fitted_parts
from handler.manifest import Manifest
from handler.registry import VerifiedArtifact
from handler.runtime import installed_versions, require_runtime
from handler.self_test import require_repeated


class Predictor:
    """One loaded model with its manifest."""

    def __init__(self, manifest: Manifest, estimator: Any) -> None:
        self.manifest = manifest
        self.estimator = estimator

    def predict(self, rows: NDArray[Any]) -> list[dict[str, Any]]:
        """The answers to `rows`, of shape (rows, features), in order, as the HTTP contract spells them.

        A classification answers `prediction`, `prediction_index` and, where the estimator has them, `probabilities`; a
        regression answers `prediction`. Raises NoFiniteAnswer; whatever the estimator raises passes through.
        """
        predicted, probabilities = self._ask(rows)
        if self.manifest.task == "regression":
            return [{"prediction": value} for value in predicted]
        names = self.manifest.target.classes
        answers: list[dict[str, Any]] = [{"prediction": names[index], "prediction_index": index} for index in predicted]
        for answer, row in zip(answers, probabilities or (), strict=False):
            answer["probabilities"] = dict(zip(names, row, strict=True))
        return answers

    def predict_json(self, rows: NDArray[Any]) -> str:
        """What json.dumps makes of `predict(rows)`, several times faster where there are many rows."""
        predicted, probabilities = self._ask(rows)
        if self.manifest.task == "regression":
            return "[" + ",".join([f'{{"prediction":{value!r}}}' for value in predicted]) + "]"
        forms = _answer_forms(self.manifest.target.classes, probabilities is not None)
        if probabilities is None:
            return "[" + ",".join([forms[index] % () for index in predicted]) + "]"
        pairs = zip(predicted, probabilities, strict=True)
        return "[" + ",".join([forms[index] % tuple(row) for index, row in pairs]) + "]"

    def _ask(self, rows: NDArray[Any]) -> tuple[list[Any], list[list[float]] | None]:
        """Each row's number or index of a class, and its probabilities where the estimator has them; all finite."""
        # What overflows is found in the answer; numpy's warning of it would only go to the log.
        with np.errstate(over="ignore", invalid="ignore"):
            predicted = self.estimator.predict(rows)
            if self.manifest.task == "regression":
                return _finite(np.asarray(predicted, dtype=np.float64).reshape(len(rows))).tolist(), None
            indexes = np.searchsorted(self.estimator.classes_, predicted).tolist()
            if not hasattr(self.estimator, "predict_proba"):
                return indexes, None
            return indexes, _finite(np.asarray(self.estimator.predict_proba(rows), dtype=np.float64)).tolist()


def load_predictor(artifact: VerifiedArtifact) -> Predictor:
    """Load a verified model and prove that it repeats its examples.

    Raises RuntimeMismatch before anything is unpickled, UnloadableArtifact where joblib or scikit-learn cannot,
    SelfTestFailed where the model answers otherwise than when it was trained.
    """
    require_runtime(artifact.manifest.runtime, installed_versions())
    predictor = Predictor(artifact.manifest, _unpickle(artifact))
    _self_test(predictor)
    return predictor


def example_rows(manifest: Manifest) -> NDArray[Any]:
    """The manifest's examples as an array of shape (examples, features), typed as requests are."""
    return np.array([example.features for example in manifest.examples], dtype=row_dtype(manifest))


def row_dtype(manifest: Manifest) -> type[Any]:
    """float64 where every feature is a number; object where a category stands among them."""
    return np.float64 if all(feature.kind == "number" for feature in manifest.features) else object


def _unpickle(artifact: VerifiedArtifact) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", InconsistentVersionWarning)
            estimator = joblib.load(io.BytesIO(artifact.data))
    except Exception as error:
        raise UnloadableArtifact(
            f"{artifact.manifest.version} could not be loaded: {type(error).__name__}: {error}. Every class in it must "
            "come from scikit-learn or numpy; `python -m training publish` finds out beforehand."
        ) from error
    if not callable(getattr(estimator, "predict", None)):
        raise UnloadableArtifact(
            f"{artifact.manifest.version} holds a {type(estimator).__name__}, not an estimator with predict()."
        )
    classes = getattr(estimator, "classes_", None)
    if artifact.manifest.task == "classification" and len(() if classes is None else classes) != len(
        artifact.manifest.target.classes
    ):
        raise UnloadableArtifact(f"{artifact.manifest.version} has other classes than its manifest names.")
    _run_on_one_core(estimator)
    return estimator


def _self_test(predictor: Predictor) -> None:
    try:
        answers = predictor.predict(example_rows(predictor.manifest))
    except Exception as error:
        raise SelfTestFailed(f"The model failed on its own example: {type(error).__name__}.") from error
    require_repeated(answers, predictor.manifest)


def _answer_forms(classes: Sequence[str], shares: bool) -> list[str]:
    """For each class the JSON of an answer that names it, to be filled with the probabilities by `%`.

    `%r` is how json.dumps writes a float.
    """
    names = [json.dumps(name).replace("%", "%%") for name in classes]
    told = ',"probabilities":{' + ",".join(f"{name}:%r" for name in names) + "}" if shares else ""
    return [f'{{"prediction":{name},"prediction_index":{index}{told}}}' for index, name in enumerate(names)]


def _finite(values: NDArray[Any]) -> NDArray[Any]:
    if not np.isfinite(values).all():
        raise NoFiniteAnswer(
            "The model has no finite answer to these values: they lie too far from what it was trained on."
        )
    return values


def _run_on_one_core(estimator: Any) -> None:
    """Set `n_jobs` to 1 in every fitted part: starting workers costs a one-row answer several times its own price, and
    process pools do not run on Lambda at all, which has no /dev/shm."""
    for part in fitted_parts(estimator):
        if "n_jobs" in getattr(part, "__dict__", {}):
            part.n_jobs = 1
