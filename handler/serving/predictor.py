"""Turns verified bytes into an estimator, and asks it.

The only place in this project that unpickles what came out of a registry. It takes a `VerifiedArtifact`, checks the
library versions, loads those same bytes, and compares the model with its own examples before anyone gets an answer.
`handler.serving.holder` serves with it; `training` proves artifacts with it.
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

from handler.engines.fitted_parts import serve_alone
from handler.engines.scores import finite_scores
from handler.engines.versions import installed_versions, require_runtime
from handler.errors.base import MAX_PROBLEMS, Problem
from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.errors.request import NoClass, NoFiniteAnswer, RefusedByModel, RequestError
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.rows.ranges import outside_rows
from handler.serving.refused_rows import refused_rows
from handler.serving.self_test import require_repeated


class Predictor:
    """One loaded model with its manifest."""

    def __init__(self, manifest: Manifest, estimator: Any) -> None:
        self.manifest = manifest
        self.estimator = estimator
        self._place = {label: place for place, label in enumerate(_labels(estimator))}

    def predict(self, rows: NDArray[Any]) -> list[dict[str, Any]]:
        """The answers to `rows`, of shape (rows, features), in order, as the HTTP contract spells them.

        A classification answers `prediction`, `prediction_index` and, where the estimator has them, `probabilities`; a
        regression answers `prediction`. Raises NoFiniteAnswer, NoClass or RefusedByModel, which name the rows; what a
        model raises that does not answer its own examples either passes through.
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
        try:
            return self._ask_at_once(rows)
        except (RequestError, MemoryError):
            raise
        except Exception as error:
            examples = example_rows(self.manifest)
            # A model that no longer answers its own examples is broken: what it raises then is no fault of the rows.
            self._ask_at_once(examples)
            names = [feature.name for feature in self.manifest.features]
            problems = refused_rows(self._ask_at_once, rows, examples[:1], names)
            if not problems:
                raise
            raise RefusedByModel(
                f"The model cannot compute with {_counted(problems)}: each value is one that it takes by its kind, but "
                "not one that its arithmetic or its encoders know. Leave these rows out, or correct them.",
                problems,
            ) from error

    def _ask_at_once(self, rows: NDArray[Any]) -> tuple[list[Any], list[list[float]] | None]:
        # What overflows is found in the answer. Warnings of libraries would go to the log as they are, which has JSON
        # lines alone: of overflow, of outliers, of names that a model fitted to a DataFrame misses in an array.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            predicted = self.estimator.predict(rows)
            if self.manifest.task == "regression":
                numbers = np.asarray(predicted, dtype=np.float64).reshape(len(rows))
                _require_finite(np.isfinite(numbers).ravel())
                return numbers.tolist(), None
            if not hasattr(self.estimator, "predict_proba"):
                self._require_finite_scores(rows)
                return self._places(predicted), None
            probabilities = np.asarray(self.estimator.predict_proba(rows), dtype=np.float64)
            if probabilities.shape != (len(rows), len(self._place)):
                given, named = probabilities.shape[-1], len(self._place)
                raise UnloadableArtifact(f"{self.manifest.version} gives {given} probabilities for {named} classes.")
            indexes = self._places(predicted)
            _require_finite(np.all(np.isfinite(probabilities), axis=1))
            return indexes, probabilities.tolist()

    def _places(self, predicted: Any) -> list[int]:
        """Each label's place among the classes; raises NoClass."""
        found = [self._place.get(label) for label in np.asarray(predicted).ravel().tolist()]
        lost = [row for row, place in enumerate(found) if place is None]
        if lost:
            problems = _problems(lost, "the model gives this row none of its classes")
            raise NoClass(
                f"The model has no class for {_counted(problems)}: it takes them for outliers of what it learnt.",
                problems,
            )
        return [place for place in found if place is not None]

    def _require_finite_scores(self, rows: NDArray[Any]) -> None:
        far = np.flatnonzero(outside_rows(rows, self.manifest.features))
        if len(far):
            finite = np.ones(len(rows), dtype=np.bool_)
            finite[far] = finite_scores(self.estimator, rows[far])
            _require_finite(finite)


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
            warnings.simplefilter("ignore")  # the log has JSON lines alone
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
    if artifact.manifest.task == "classification":
        _require_classes(estimator, artifact.manifest)
    serve_alone(estimator)
    return estimator


def _labels(estimator: Any) -> list[Any]:
    """The estimator's classes in the order of its probabilities; empty where it has none."""
    labels: list[Any] = np.asarray(getattr(estimator, "classes_", [])).tolist()
    return labels


def _require_classes(estimator: Any, manifest: Manifest) -> None:
    """Raise UnloadableArtifact unless the i-th class of the manifest can be the estimator's i-th."""
    labels, named = _labels(estimator), list(manifest.target.classes)
    if len(labels) != len(named):
        raise UnloadableArtifact(f"{manifest.version} has other classes than its manifest names.")
    if len(set(labels)) != len(labels):
        raise UnloadableArtifact(f"{manifest.version} has a class twice: its labels are {labels}.")
    if labels != named and sorted(map(str, labels)) == sorted(named) and list(map(str, labels)) != named:
        raise UnloadableArtifact(
            f"{manifest.version} has its classes in another order than its manifest: {labels}, not {named}."
        )


def _self_test(predictor: Predictor) -> None:
    try:
        answers = predictor.predict(example_rows(predictor.manifest))
    except UnloadableArtifact:
        raise
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


def _require_finite(finite: NDArray[np.bool_]) -> None:
    """Raise NoFiniteAnswer, naming the rows, unless all of `finite`, of shape (rows,), holds."""
    if not finite.all():
        problems = _problems(np.flatnonzero(~finite).tolist(), "the model's arithmetic overflows")
        raise NoFiniteAnswer(
            f"The model has no finite answer to {_counted(problems)}: the values lie too far from what it was trained "
            "on.",
            problems,
        )


def _problems(rows: Sequence[int], problem: str) -> tuple[Problem, ...]:
    return tuple(Problem(row, None, problem) for row in rows[:MAX_PROBLEMS])


def _counted(problems: Sequence[Problem]) -> str:
    first = f"row {problems[0].row}"
    more = " or more" if len(problems) == MAX_PROBLEMS else ""
    return first if len(problems) == 1 else f"{len(problems)} rows{more}, the first of them {first}"
