"""Brings a tutorial's pipeline as a person does, by commands, and says what it has to answer through JSON."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from click.testing import CliRunner

from tests.tutorials.pipelines import OWN_CODE, Tutorial, fitted
from training.cli.main import main

FITTED = 300
"""The first rows are fitted; the table that measures the model has all."""


@dataclass(frozen=True)
class Brought:
    """A pipeline that was fitted to a DataFrame and packaged into `folder`; `frame` is the table without the target, as
    the command read it."""

    model: Any
    frame: pd.DataFrame
    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text())
        return manifest

    def instances(self) -> list[dict[str, Any]]:
        """Every row of the table as a client sends it."""
        wanted = [feature["name"] for feature in self.manifest["features"]]
        rows = self.frame[wanted].to_dict(orient="records")
        return [{name: _as_json(value) for name, value in row.items()} for row in rows]

    def event(self) -> dict[str, Any]:
        """The request of an API Gateway with all rows."""
        return {
            "httpMethod": "POST",
            "path": "/predict",
            "headers": {"Content-Type": "application/json"},
            "requestContext": {"stage": "Prod", "path": "/Prod/predict", "httpMethod": "POST"},
            "body": json.dumps({"instances": self.instances()}, allow_nan=False),
            "isBase64Encoded": False,
        }

    def require_same(self, answers: list[dict[str, Any]]) -> None:
        """Raise AssertionError unless the answers are, to the last digit, what the model says of the DataFrame."""
        expected = _answers(self.model, self.frame, self.manifest["target"]["classes"])
        assert len(answers) == len(expected)
        differing = [pair for pair in zip(answers, expected, strict=True) if pair[0] != pair[1]]
        assert not differing, f"{len(differing)} of {len(answers)} answers differ, as {differing[0]}"


def bring(tutorial: Tutorial, folder: Path, *, searched: bool = False, **parameters: object) -> Brought:
    """Fit the pipeline to the tutorial's DataFrame, dump it by joblib, and package it with its table by one command."""
    table = tutorial.table()
    unchanged = not (searched or parameters)
    with own_modules():
        unfitted = tutorial.searched() if searched else tutorial.model().set_params(**parameters)
        model = fitted(unfitted, table[:FITTED], tutorial.target)
        joblib.dump(model, folder / "mine.joblib")
    file = folder / ("table.csv" if tutorial.csv else "table.parquet")
    if tutorial.csv:
        table.to_csv(file, index=False)
        table = pd.read_csv(file)
    else:
        table.to_parquet(file, index=False)
    target = ("--target", tutorial.target) if tutorial.target else ()
    # The twin of the same pipeline is made once: it takes as long as all the rest.
    twin = () if unchanged else ("--no-twin",)
    run(
        "package",
        folder / "mine.joblib",
        "--table",
        file,
        *target,
        "--out",
        folder / "out",
        "--trust",
        *twin,
        *tutorial.options,
    )
    frame = table.drop(columns=tutorial.target) if tutorial.target else table
    return Brought(model, frame, folder / "out")


@contextmanager
def own_modules() -> Iterator[None]:
    """The modules that a tutorial keeps beside its notebook, importable as they are there."""
    sys.path.insert(0, str(OWN_CODE))
    try:
        yield
    finally:
        sys.path.remove(str(OWN_CODE))


def run(*arguments: object) -> None:
    """A command of ours, which must succeed."""
    done = CliRunner().invoke(main, [*map(str, arguments)])
    assert done.exit_code == 0, done.output


def _as_json(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _answers(model: Any, frame: pd.DataFrame, names: list[str]) -> list[dict[str, Any]]:
    with own_modules():
        predicted = model.predict(frame).tolist()
        if hasattr(model, "classes_"):
            places = {label: place for place, label in enumerate(model.classes_.tolist())}
            shares = model.predict_proba(frame).tolist()
            return [
                {
                    "prediction": names[places[label]],
                    "prediction_index": places[label],
                    "probabilities": dict(zip(names, row, strict=True)),
                }
                for label, row in zip(predicted, shares, strict=True)
            ]
        if hasattr(model, "decision_function"):
            labels = {1: "inlier", -1: "outlier"}
            scores = model.decision_function(frame).tolist()
            return [
                {"prediction": labels[label], "score": score} for label, score in zip(predicted, scores, strict=True)
            ]
    return [{"prediction": value} for value in predicted]
