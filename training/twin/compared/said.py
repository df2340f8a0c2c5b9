"""What a model says of rows, in the one form in which two models are compared: numbers, and places of labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.records.signature import Target, Task

NO_CLASS = -1
"""The place of a label that no class has."""


@dataclass(frozen=True)
class Said:
    """`numbers` by their names, each of shape (rows, numbers); `labels` of shape (rows, labels), none of a regression.

    Of a class a label is its place, of a cluster its number, of an outlier detection 1 or -1, of one of several labels
    whether it is there.
    """

    numbers: Mapping[str, NDArray[np.float64]]
    labels: NDArray[np.int64]


def said_by(model: LoadedModel, rows: NDArray[Any], task: Task, targets: Sequence[Target]) -> Said:
    """What `model` says of `rows`, of shape (rows, features), as it is served; what it raises passes through."""
    nothing = np.empty((len(rows), 0), dtype=np.int64)
    if task == "several_targets":
        return _of_targets(model, rows, targets)
    predicted = np.asarray(model.predict(rows))
    if task == "regression":
        return Said({"prediction": _numbers(predicted, len(rows))}, nothing)
    if task == "multilabel":
        given = model.label_probabilities(rows)
        return Said(_named(probabilities=given), (predicted == 1).astype(np.int64))
    if task == "outlier_detection":
        scores = model.outlier_scores(rows)
        return Said(_named(score=scores), predicted.reshape(len(rows), 1).astype(np.int64))
    given = model.predict_proba(rows)
    if task == "clustering":
        return Said(_named(probabilities=given), predicted.reshape(len(rows), 1).astype(np.int64))
    scores = model.class_scores(rows) if given is None else None
    return Said(_named(probabilities=given, scores=scores), _places(predicted, model.classes).reshape(-1, 1))


def _of_targets(model: LoadedModel, rows: NDArray[Any], targets: Sequence[Target]) -> Said:
    predicted = np.asarray(model.predict(rows))
    shares = model.target_probabilities(rows) if any(target.classes for target in targets) else None
    numbers: dict[str, NDArray[np.float64]] = {}
    labels = []
    for place, target in enumerate(targets):
        if not target.classes:
            numbers[target.name] = _numbers(predicted[:, place], len(rows))
            continue
        labels.append(_places(predicted[:, place], model.target_classes[place]))
        if shares is not None:
            numbers[f"probabilities of {target.name}"] = np.asarray(shares[place], dtype=np.float64)
    return Said(numbers, np.column_stack(labels) if labels else np.empty((len(rows), 0), dtype=np.int64))


def _named(**given: Any) -> dict[str, NDArray[np.float64]]:
    return {name: _numbers(values, len(values)) for name, values in given.items() if values is not None}


def _numbers(values: Any, rows: int) -> NDArray[np.float64]:
    return np.asarray(values, dtype=np.float64).reshape(rows, -1)


def _places(predicted: NDArray[Any], classes: Sequence[Any]) -> NDArray[np.int64]:
    known = {label: place for place, label in enumerate(classes)}
    # An array that holds several targets' labels may hold them all as texts.
    known |= {str(label): place for label, place in known.items() if str(label) not in known}
    return np.array([known.get(label, NO_CLASS) for label in predicted.ravel().tolist()], dtype=np.int64)
