"""Turns verified bytes into a model that is proved, and its answers into those of the HTTP contract.

It takes a `VerifiedArtifact`, compares the library versions, has the engine load those same bytes, and compares the
model's answers with its examples before anyone gets one. How a model is loaded and computes is the engine's part.
"""

import json
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.engines.choice import engine_for
from handler.engines.versions import require_runtime
from handler.errors.base import MAX_PROBLEMS, Problem
from handler.errors.model import SelfTestFailed, UnloadableArtifact
from handler.errors.request import NoClass, NoFiniteAnswer, RefusedByModel, RequestError
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.rows.ranges import outside_rows
from handler.serving.float_texts import float_texts
from handler.serving.self_test import require_repeated


class Predictor:
    """One loaded model with its manifest."""

    def __init__(self, manifest: Manifest, model: LoadedModel) -> None:
        self.manifest = manifest
        self.model = model
        self._place = {label: place for place, label in enumerate(model.classes)}

    def predict(self, rows: NDArray[Any]) -> list[dict[str, Any]]:
        """The answers to `rows`, of shape (rows, features), in order, as the HTTP contract has them.

        A classification answers `prediction`, `prediction_index` and, where the model has them, `probabilities`; a
        regression answers `prediction`. Raises NoFiniteAnswer, NoClass or RefusedByModel, which name the rows; what a
        model raises that does not answer its own examples either passes through.
        """
        predicted, probabilities = self._ask(rows)
        if self.manifest.task == "regression":
            return [{"prediction": value} for value in predicted]
        names = self.manifest.target.classes
        answers: list[dict[str, Any]] = [{"prediction": names[index], "prediction_index": index} for index in predicted]
        if probabilities is not None:
            for answer, row in zip(answers, probabilities.tolist(), strict=True):
                answer["probabilities"] = dict(zip(names, row, strict=True))
        return answers

    def predict_json(self, rows: NDArray[Any]) -> str:
        """What json.dumps makes of `predict(rows)`, several times faster where there are many rows."""
        predicted, probabilities = self._ask(rows)
        if self.manifest.task == "regression":
            numbers = float_texts(np.array(predicted, dtype=np.float64))
            return "[" + ",".join([f'{{"prediction":{number}}}' for number in numbers]) + "]"
        forms = _answer_forms(self.manifest.target.classes, probabilities is not None)
        if probabilities is None:
            return "[" + ",".join([forms[index] % () for index in predicted]) + "]"
        texts = iter(float_texts(probabilities.ravel()))
        shares = zip(*[texts] * probabilities.shape[1], strict=True)  # as many texts a row as there are classes
        return "[" + ",".join([forms[index] % row for index, row in zip(predicted, shares, strict=True)]) + "]"

    def _ask(self, rows: NDArray[Any]) -> tuple[list[Any], NDArray[np.float64] | None]:
        """Each row's number or class index, and its probabilities, of shape (rows, classes), where the model has them;
        all finite."""
        try:
            return self._ask_at_once(rows)
        except (RequestError, MemoryError):
            raise
        except Exception as error:
            examples = example_rows(self.manifest)
            # A model that no longer answers its own examples is broken, whatever the rows are.
            self._ask_at_once(examples)
            from handler.serving.refused_rows import refused_rows  # seldom needed

            names = [feature.name for feature in self.manifest.features]
            problems = refused_rows(self._ask_at_once, rows, examples[:1], names)
            if not problems:
                raise
            raise RefusedByModel(
                f"The model cannot compute with {_counted(problems)}: each value is one that it takes by its kind, but "
                "not one that its arithmetic or its encoders know. Leave these rows out, or correct them.",
                problems,
            ) from error

    def _ask_at_once(self, rows: NDArray[Any]) -> tuple[list[Any], NDArray[np.float64] | None]:
        # An overflow is found in the answer. What libraries warn of (overflow, outliers, a DataFrame's names that an
        # array lacks) would go to the log as plain text, and the log has JSON lines alone.
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            predicted = self.model.predict(rows)
            if self.manifest.task == "regression":
                numbers = np.asarray(predicted, dtype=np.float64).reshape(len(rows))
                _require_finite(np.isfinite(numbers).ravel())
                return numbers.tolist(), None
            shares = self.model.predict_proba(rows)
            if shares is None:
                self._require_finite_scores(rows)
                return self._places(predicted), None
            probabilities = np.asarray(shares, dtype=np.float64)
            if probabilities.shape != (len(rows), len(self._place)):
                given, named = probabilities.shape[-1], len(self._place)
                raise UnloadableArtifact(f"{self.manifest.version} gives {given} probabilities for {named} classes.")
            indexes = self._places(predicted)
            _require_finite(np.all(np.isfinite(probabilities), axis=1))
            return indexes, probabilities

    def _places(self, predicted: Any) -> list[int]:
        """Each label's place among the classes; raises NoClass."""
        found = list(map(self._place.get, np.asarray(predicted).ravel().tolist()))
        if None in found:
            lost = [row for row, place in enumerate(found) if place is None]
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
            finite[far] = self.model.finite_scores(rows[far])
            _require_finite(finite)


def load_predictor(artifact: VerifiedArtifact) -> Predictor:
    """Load a verified model and prove that it repeats its examples.

    Raises RuntimeMismatch before anything is loaded, UnloadableArtifact where there is no engine for it or the engine
    cannot load it, SelfTestFailed where the model answers otherwise than when it was trained.
    """
    manifest = artifact.manifest
    engine = engine_for(manifest)
    require_runtime(manifest.runtime, engine.versions(), engine.name)
    model = engine.load(artifact)
    if manifest.task == "classification":
        _require_classes(list(model.classes), manifest)
    predictor = Predictor(manifest, model)
    _self_test(predictor)
    return predictor


def example_rows(manifest: Manifest) -> NDArray[Any]:
    """The manifest's examples as an array of shape (examples, features), typed as requests are."""
    return typed_rows([example.features for example in manifest.examples], manifest.features)


def _require_classes(labels: list[Any], manifest: Manifest) -> None:
    """Raise UnloadableArtifact unless the i-th class of the manifest can be the i-th of the model's `labels`."""
    named = list(manifest.target.classes)
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

    They are filled in as the texts that `float_texts` gives of them.
    """
    names = [json.dumps(name).replace("%", "%%") for name in classes]
    filled = ',"probabilities":{' + ",".join(f"{name}:%s" for name in names) + "}" if shares else ""
    return [f'{{"prediction":{name},"prediction_index":{index}{filled}}}' for index, name in enumerate(names)]


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
