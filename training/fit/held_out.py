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
from handler.records.signature import Kind, Task, Value
from handler.registry.manifest import Manifest
from training.errors import InvalidFolder
from training.fit.description import GateSpec
from training.fit.trained_model import TrainedModel

HELD_OUT_FILE = "held_out.json"

MAX_ROWS = 5000
"""Enough for a metric's second digit to be certain, few enough for a small file and a short comparison."""


@dataclass(frozen=True)
class HeldOut:
    """`answers` are the true ones: names of classes, or numbers. `artifact_sha256` ties the rows to one artifact."""

    artifact_sha256: str
    task: Task
    metric: str
    gate: GateSpec
    features: tuple[str, ...]
    kinds: tuple[Kind, ...]
    classes: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    answers: tuple[float | str, ...]

    def to_json(self) -> str:
        """The file's text."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False) + "\n"


def held_out_of(model: TrainedModel, manifest: Manifest) -> HeldOut:
    """The first MAX_ROWS of the rows that `model` holds out, which the split has shuffled."""
    answers = model.y_test[:MAX_ROWS].tolist()
    if model.task == "classification":
        place = {label: index for index, label in enumerate(model.estimator.classes_.tolist())}
        answers = [model.target.classes[place[label]] for label in answers]
    else:
        answers = [float(value) for value in answers]
    return HeldOut(
        artifact_sha256=manifest.artifact.sha256,
        task=model.task,
        metric=model.metric or DEFAULT_METRIC[model.task],
        gate=model.gate,
        features=tuple(feature.name for feature in model.features),
        kinds=tuple(feature.kind for feature in model.features),
        classes=model.target.classes,
        rows=tuple(tuple(plain_row(row)) for row in model.x_test[:MAX_ROWS]),
        answers=tuple(answers),
    )


DEFAULT_METRIC: dict[Task, str] = {"classification": "accuracy", "regression": "neg_root_mean_squared_error"}
"""The scorers of scikit-learn that a model is judged by where its description names none."""


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
