"""Reads what is kept of a model that another framework made."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Kept:
    """One model. `options` are what `package --onnx` needs beside its rows; `answers` are its framework's own."""

    file: Path
    options: list[str]
    made_with: dict[str, str]
    rows: list[list[Any]]
    answers: dict[str, Any]

    def largest_difference(self, served: Sequence[dict[str, Any]]) -> float:
        """How far a number is from the framework's at most; infinite where a label is another."""
        ours, theirs = [], []
        for place, answer in enumerate(served):
            for field, values in self.answers.items():
                said = answer[field]
                if isinstance(said, str):
                    if said != values[place]:
                        return float("inf")
                    continue
                ours.append(np.ravel(list(said.values()) if isinstance(said, dict) else said))
                theirs.append(np.ravel(values[place]))
        return float(np.max(np.abs(_joined(ours) - _joined(theirs))))


def kept(name: str) -> Kept:
    """The model in the folder of this name."""
    folder = HERE / name
    held = json.loads((folder / "answers.json").read_text())
    features = ["--features", str(folder / "features.json")] if (folder / "features.json").exists() else []
    return Kept(folder / "model.onnx", [*held["options"], *features], held["made_with"], held["rows"], held["answers"])


def all_names() -> list[str]:
    return sorted(file.parent.name for file in HERE.glob("*/model.onnx"))


def _joined(parts: Sequence[NDArray[Any]]) -> NDArray[np.float64]:
    return np.concatenate(parts).astype(np.float64)
