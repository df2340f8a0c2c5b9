"""Turns a model that was fitted to a DataFrame, and asks it rows from JSON, all in this process."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd

from handler.api.body.instances import parse_body, to_rows
from handler.engines.scikit_learn import FittedEstimator
from handler.records.signature import Feature, Target
from handler.serving.predictor import Predictor
from training.bring.frames.frames_process import inspect_on_frame
from training.bring.frames.original import as_manifest
from training.bring.frames.rows_process import compared
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.stated import Stated

ROWS = 120
TARGET = "answer"


@dataclass(frozen=True)
class Turned:
    """`found` is how the answers of the turned model differ from the original's."""

    model: Any
    features: dict[str, Feature]
    found: dict[str, Any]
    unneeded: tuple[str, ...]
    made: tuple[str, ...]

    @property
    def differing(self) -> int:
        """How many answers differ at all."""
        inexact: int = self.found["inexact"]
        return inexact


def passengers() -> pd.DataFrame:
    """Like the Titanic's: texts, codes, booleans, numbers, gaps in several of them."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "age": random.normal(30, 12, ROWS).round(1),
            "fare": random.exponential(30, ROWS),
            "pclass": random.integers(1, 4, ROWS),
            "sex": random.choice(["female", "male"], ROWS),
            "embarked": random.choice(["C", "Q", "S"], ROWS),
            "alone": random.random(ROWS) < 0.6,
            "name": random.choice(["Mr. Braund", "Miss. Heikkinen", "Mrs. Cumings, John"], ROWS),
            "weight": random.normal(70, 9, ROWS).astype("float32"),
        }
    )
    frame.loc[::6, "age"] = np.nan
    frame.loc[::7, "embarked"] = np.nan
    return frame


def survived() -> Any:
    """The target of a classification of `passengers`."""
    frame = passengers()
    chance = (frame["sex"] == "female") * 0.5 + frame["alone"] * 0.2 + (frame["pclass"] == 1) * 0.2
    return (np.random.default_rng(5).random(ROWS) < chance).astype(int)


def turned(folder: Path, model: Any, frame: pd.DataFrame, target: Any, **form: Any) -> Turned:
    """What `package --table` makes of a fitted `model`, asked every row of `frame`, from a Parquet file."""
    table = frame.copy()
    table[TARGET] = target
    table.to_parquet(folder / "table.parquet")
    joblib.dump(model, folder / "given.joblib")
    stated = Stated("given", None, None, (TARGET,), ())
    described = TableForm(str(folder / "table.parquet"), "table.parquet", "table.parquet", "", is_parquet=True, **form)
    inspected = inspect_on_frame(
        "given.joblib", folder / "given.joblib", folder / "model.joblib", stated, described, folder
    )
    features = inspected.model.features
    made: Any = joblib.load(folder / "model.joblib")
    rows = json.loads((folder / "rows.json").read_text())
    manifest = as_manifest(inspected.model.task, features, [Target(TARGET, inspected.model.classes)])
    predictor = Predictor(manifest, FittedEstimator(made))
    answers = []
    for asked in (rows[: inspected.rows], *([row] for row in rows[inspected.rows :])):
        answers += predictor.predict(to_rows(parse_body(json.dumps({"instances": asked})), features))
    found = compared(json.loads((folder / "answers.json").read_text()), answers)
    by_name = {feature.name: feature for feature in features}
    return Turned(made, by_name, found, inspected.unneeded, inspected.made)
