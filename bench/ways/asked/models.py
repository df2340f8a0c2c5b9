"""The two models that are asked: packaged, and published into a folder, by the commands that a user would run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from bench.scoring.kinds import Draw, mixed, thirty_numbers
from bench.ways.asked.question import Row
from ops.commands import training

FITTED_ROWS: Final = 2_000


@dataclass(frozen=True)
class Model:
    """Published at `uri` from `folder`; `draw` makes sound rows, and `refused` are such as POST /predict refuses."""

    uri: str
    folder: Path
    draw: Draw
    refused: tuple[Row, ...]

    def sound(self, rows: int) -> list[Row]:
        """So many rows, as a request has them."""
        drawn = self.draw(np.random.default_rng(11), rows)
        found: list[Row] = json.loads(drawn.to_json(orient="values", double_precision=15))
        return found


def numbers(folder: Path) -> Model:
    """Logistic regression on 30 numbers, whose last bits depend on how many rows are asked at once."""
    refused = [_but(thirty_numbers, {f"number {at}": None}, seed=at) for at in range(20)]
    return _published(make_pipeline(StandardScaler(), LogisticRegression()), thirty_numbers, refused, folder)


def mixed_kinds(folder: Path) -> Model:
    """A pipeline for numbers with gaps, texts, codes and booleans."""
    columns = mixed(np.random.default_rng(0), 1).columns
    floats = [name for name in columns if name.startswith("number")]
    others = [name for name in columns if not name.startswith("number")]
    prepared = make_column_transformer((SimpleImputer(), floats), (OneHotEncoder(handle_unknown="ignore"), others))
    refused = [_but(mixed, {"city 0": None, "switch 1": None}, seed=at) for at in range(10)]
    refused += [_but(mixed, {"code 2": None}, seed=at) for at in range(10, 20)]
    return _published(make_pipeline(prepared, LogisticRegression(max_iter=1000)), mixed, refused, folder)


MODELS: Final[tuple[Callable[[Path], Model], ...]] = (numbers, mixed_kinds)


def _but(draw: Draw, changed: dict[str, Any], seed: int) -> Row:
    """A sound row in which some values are others."""
    row = json.loads(draw(np.random.default_rng(1_000 + seed), 1).to_json(orient="records", double_precision=15))[0]
    return list({**row, **changed}.values())


def _published(model: Any, draw: Draw, refused: list[Row], folder: Path) -> Model:
    folder.mkdir()
    rows: pd.DataFrame = draw(np.random.default_rng(42), FITTED_ROWS)
    rows["level"] = np.where(rows["number 0"].fillna(0) + rows["number 1"].fillna(0) ** 2 > 1, "high", "low")
    model.fit(rows.drop(columns="level"), rows["level"])
    joblib.dump(model, folder / "level.joblib")
    rows[:400].to_csv(folder / "level.csv", index=False)
    packaged, uri = folder / "packaged", str(folder / "registry/level")
    given = ["--table", str(folder / "level.csv"), "--target", "level", "--out", str(packaged), "--trust", "--no-twin"]
    training("package", str(folder / "level.joblib"), *given)
    training("publish", str(packaged), "--promote", "--reason", "to ask it each way", "--model-uri", uri)
    return Model(uri, packaged, draw, tuple(refused))
