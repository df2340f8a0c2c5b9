"""What the outputs of a graph mean, by their names.

Whatever makes a graph names its outputs so:

- `prediction`: of a classification the place of the class, of an outlier detection 1 or -1, else what is predicted, of
  shape (rows,) or (rows, 1); of several numbers (rows, targets), of several labels (rows, labels).
- `probabilities`, of shape (rows, classes), (rows, clusters) or (rows, labels); or `scores`, of the same shape.
- `score`, of an outlier detection, of shape (rows,) or (rows, 1).
- `prediction_0`, `probabilities_0` and so on where some of several targets have classes.
"""

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.errors.model import UnloadableArtifact
from handler.records.signature import Target, Task

PREDICTION, PROBABILITIES, SCORES, SCORE = "prediction", "probabilities", "scores", "score"

Run = Callable[[NDArray[Any]], Mapping[str, NDArray[Any]]]
"""Runs the graph: rows of shape (rows, features) to its outputs by their names."""


WHOLE_NUMBERS = ("tensor(int64)", "tensor(int32)")
NUMBERS = (*WHOLE_NUMBERS, "tensor(float)", "tensor(double)", "tensor(bool)")
"""The types of outputs that are read, as ONNX Runtime names them."""

MORE: Mapping[Task, tuple[tuple[str, ...], ...]] = {
    "classification": ((), (PROBABILITIES,), (SCORES,)),
    "regression": ((),),
    "outlier_detection": ((), (SCORE,)),
    "clustering": ((), (PROBABILITIES,)),
    "multilabel": ((), (PROBABILITIES,)),
}
"""What a graph of each task may give beside `prediction`."""


def require_outputs(outputs: Mapping[str, str], task: Task, targets: Sequence[Target]) -> None:
    """Raise UnloadableArtifact unless the outputs, by their names and types, are those of such a task."""
    given = set(outputs)
    if not any(given == one for one in _expected(task, targets)):
        raise UnloadableArtifact(
            f"Its graph gives {', '.join(sorted(given))}, which is not what answers a {task} of "
            f"{len(targets)} {'target' if len(targets) == 1 else 'targets'}: package the model again."
        )
    places = {PREDICTION} if task == "classification" else set()
    places |= {f"{PREDICTION}_{place}" for place, target in enumerate(targets) if target.classes}
    for name, kind in outputs.items():
        if kind not in (WHOLE_NUMBERS if name in places else NUMBERS):
            raise UnloadableArtifact(
                f"Its graph gives {name!r} as {kind}, and it must be {' or '.join(WHOLE_NUMBERS)}, a class's place."
                if name in places
                else f"Its graph gives {name!r} as {kind}, and answers are made of numbers."
            )


def _expected(task: Task, targets: Sequence[Target]) -> list[set[str]]:
    with_classes = [place for place, target in enumerate(targets) if target.classes]
    if task != "several_targets":
        return [{PREDICTION, *more} for more in MORE[task]]
    by_target = {f"{PREDICTION}_{place}" for place in range(len(targets))}
    shares = {f"{PROBABILITIES}_{place}" for place in with_classes}
    return [by_target, by_target | shares] if with_classes else [{PREDICTION}, by_target]


class GraphModel(LoadedModel):
    """A graph as a model that serves; `outputs` are the names of what `run` gives."""

    def __init__(self, run: Run, outputs: Sequence[str], task: Task, targets: Sequence[Target]) -> None:
        self._run = run
        self._outputs = frozenset(outputs)
        self._targets = targets
        self._by_target = f"{PREDICTION}_0" in self._outputs
        self._asked_for: weakref.ref[NDArray[Any]] | None = None
        self._given: Mapping[str, NDArray[Any]] = {}
        if task == "classification":
            self.classes = list(targets[0].classes)
        if task == "several_targets" and any(target.classes for target in targets):
            self.target_classes = [list(target.classes) for target in targets]
        self._names = np.array(self.classes, dtype=object)

    def predict(self, rows: NDArray[Any]) -> Any:
        outputs = self._asked(rows)
        if self._by_target:
            return np.column_stack([self._of_target(outputs, place) for place in range(len(self._targets))])
        predicted = outputs[PREDICTION]
        if len(self._names):
            return _named(predicted.reshape(len(rows)), self._names)
        return predicted.reshape(len(rows)) if predicted.size == len(rows) else predicted

    def predict_proba(self, rows: NDArray[Any]) -> Any:
        return self._output(rows, PROBABILITIES)

    def target_probabilities(self, rows: NDArray[Any]) -> list[NDArray[np.float64]] | None:
        outputs = self._asked(rows)
        names = [f"{PROBABILITIES}_{place}" for place in range(len(self._targets))]
        if not self._outputs.intersection(names):
            return None
        nothing = np.empty((len(rows), 0))
        return [np.asarray(outputs.get(name, nothing), dtype=np.float64) for name in names]

    def label_probabilities(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        return self._output(rows, PROBABILITIES)

    def class_scores(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        return self._output(rows, SCORES)

    def outlier_scores(self, rows: NDArray[Any]) -> NDArray[np.float64] | None:
        scores = self._output(rows, SCORE)
        return None if scores is None else scores.reshape(len(rows))

    def finite_scores(self, rows: NDArray[Any]) -> NDArray[np.bool_] | bool:
        scores = self._output(rows, SCORES)
        return True if scores is None else np.asarray(np.isfinite(scores).all(axis=1))

    def _output(self, rows: NDArray[Any], name: str) -> NDArray[np.float64] | None:
        if name not in self._outputs:
            return None
        return np.asarray(self._asked(rows)[name], dtype=np.float64)

    def _asked(self, rows: NDArray[Any]) -> Mapping[str, NDArray[Any]]:
        """The outputs for `rows`, which several methods are asked for one after the other: run once, and kept for as
        long as whoever asks keeps the rows."""
        if self._asked_for is None or self._asked_for() is not rows:
            self._asked_for, self._given = None, {}
            given = self._run(rows)
            for name, values in given.items():
                if values.shape[:1] != (len(rows),):
                    raise UnloadableArtifact(
                        f"Its graph gives {name!r} of the shape {list(values.shape)} for {len(rows)} rows."
                    )
            self._asked_for, self._given = weakref.ref(rows, self._forget), given
        return self._given

    def _forget(self, asked_for: "weakref.ref[NDArray[Any]]") -> None:
        if asked_for is self._asked_for:
            self._asked_for, self._given = None, {}

    def _of_target(self, outputs: Mapping[str, NDArray[Any]], place: int) -> NDArray[Any]:
        predicted = outputs[f"{PREDICTION}_{place}"].ravel()
        names = self._targets[place].classes
        return _named(predicted, np.array(names, dtype=object)) if names else predicted.astype(object)


def _named(places: NDArray[Any], names: NDArray[Any]) -> NDArray[Any]:
    """The name at each place; None where there is none, which no class is."""
    known = (places >= 0) & (places < len(names))
    named = names[np.where(known, places, 0).astype(np.int64)]
    named[~known] = None
    return named
