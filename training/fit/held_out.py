"""The rows that were held out, kept in the folder that `train` writes, with the gate that a new version must pass.

Two versions are compared on these very rows. The file never leaves the folder: a registry holds statistics and one
example of the data, not the data.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.decoding import Undecodable, decode
from handler.records.signature import INLIER, OUTLIER, Kind, Prediction, Target, Task, Value
from handler.registry.manifest import Manifest
from training.errors import InvalidFolder
from training.fit.description import GateSpec
from training.fit.trained_model import TrainedModel
from training.measuring.metrics import default_metric

HELD_OUT_FILE = "held_out.json"

MAX_ROWS = 5000
"""Enough for a metric's second digit to be certain, few enough for a small file and a short comparison."""


@dataclass(frozen=True)
class HeldOut:
    """`answers` are the true ones, as `prediction` in the HTTP contract has them: names of classes, numbers, …; None
    where they are not known. `artifact_sha256` ties the rows to one artifact. `classes` are those of the first target;
    `targets` are all of a model that predicts several, and empty for any other."""

    artifact_sha256: str
    task: Task
    metric: str
    gate: GateSpec
    features: tuple[str, ...]
    kinds: tuple[Kind, ...]
    classes: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    answers: tuple[Prediction, ...] | None
    targets: tuple[Target, ...] = ()

    @property
    def all_targets(self) -> tuple[Target, ...]:
        """What is predicted, at least one; that of a single target has no name here."""
        return self.targets or (Target("", self.classes),)

    def to_json(self) -> str:
        """The file's text."""
        document = asdict(self)
        if not self.targets:  # as before there were several
            del document["targets"]
        return json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"


def held_out_of(model: TrainedModel, manifest: Manifest) -> HeldOut:
    """The first MAX_ROWS of the rows that `model` holds out, which the split has shuffled."""
    return HeldOut(
        artifact_sha256=manifest.artifact.sha256,
        task=model.task,
        metric=metric_of(model),
        gate=model.gate,
        features=tuple(feature.name for feature in model.features),
        kinds=tuple(feature.kind for feature in model.features),
        classes=model.target.classes,
        rows=tuple(tuple(plain_row(row)) for row in model.x_test[:MAX_ROWS]),
        answers=_answers(model),
        targets=model.targets if model.more_targets else (),
    )


def metric_of(model: TrainedModel) -> str:
    """What the model is judged by."""
    return model.metric or default_metric(model.task, model.targets, model.y_test is not None)


def _answers(model: TrainedModel) -> tuple[Prediction, ...] | None:
    if model.y_test is None:
        return None
    truth, classes = model.y_test[:MAX_ROWS], model.target.classes
    if model.task == "classification":
        place = {label: index for index, label in enumerate(model.estimator.classes_.tolist())}
        return tuple(classes[place[label]] for label in truth.tolist())
    if model.task == "outlier_detection":
        return tuple(OUTLIER if mark == -1 else INLIER for mark in truth.tolist())
    if model.task == "multilabel":
        return tuple(tuple(name for name, mark in zip(classes, row, strict=True) if mark) for row in truth.tolist())
    if model.task == "several_targets":
        names = [target.name for target in model.targets]
        return tuple(dict(zip(names, row, strict=True)) for row in truth.tolist())
    if model.task == "clustering":
        return tuple(truth.tolist())
    return tuple(float(value) for value in truth.tolist())


def read_held_out(folder: Path) -> HeldOut | None:
    """What `train` wrote into `folder`, or None where there is no file; raises InvalidFolder where it is broken."""
    try:
        text = (folder / HELD_OUT_FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    try:
        return decode(HeldOut, json.loads(text))
    except (ValueError, Undecodable) as error:
        raise InvalidFolder(f"{folder / HELD_OUT_FILE} cannot be read: {error}; train again.") from error


def plain_row(row: NDArray[Any]) -> list[Value]:
    """One row as JSON has it: a gap is None, whatever its column's kind."""
    return [None if value is None or value != value else value for value in np.asarray(row).tolist()]
