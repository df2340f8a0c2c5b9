"""The models that are scored, each in a registry of its own, and tables for them of any length in flat memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from training.notebook.publishing import publish_model

NUMBERS: Final = 30
FITTED_ROWS: Final = 2_000
BATCH: Final = 50_000
"""Rows that are drawn and written together, whatever the table's length."""

Draw = Callable[[np.random.Generator, int], pd.DataFrame]


@dataclass(frozen=True)
class Kind:
    """A model as its owner has it, `fitted` by joblib, and published at `uri`; `draw` makes rows for it."""

    name: str
    uri: str
    fitted: Path
    draw: Draw


def thirty_numbers(drawn: np.random.Generator, rows: int) -> pd.DataFrame:
    """Rows of 30 numbers with six decimals, shape (rows, 30)."""
    values = drawn.normal(size=(rows, NUMBERS)).round(6)
    return pd.DataFrame(values, columns=[f"number {at}" for at in range(NUMBERS)])


def mixed(drawn: np.random.Generator, rows: int) -> pd.DataFrame:
    """Rows of ten numbers with gaps, four texts and four codes that are categories, and two booleans, (rows, 20)."""
    numbers = {f"number {at}": drawn.normal(size=rows).round(6) for at in range(10)}
    for values in numbers.values():
        values[drawn.random(rows) < 0.05] = np.nan
    cities = {f"city {at}": drawn.choice([f"city {number}" for number in range(40)], rows) for at in range(4)}
    codes = {f"code {at}": drawn.integers(0, 12, rows) for at in range(4)}
    switches = {f"switch {at}": drawn.random(rows) < 0.5 for at in range(2)}
    return pd.DataFrame({**numbers, **cities, **codes, **switches})


def logistic_regression(folder: Path) -> Kind:
    return _published("logistic regression", make_pipeline(StandardScaler(), LogisticRegression()), folder)


def gradient_boosting(folder: Path) -> Kind:
    return _published("gradient boosting", HistGradientBoostingClassifier(random_state=0), folder)


def random_forest(folder: Path) -> Kind:
    return _published("random forest", RandomForestClassifier(random_state=0), folder)


def mixed_table(folder: Path) -> Kind:
    columns = mixed(np.random.default_rng(0), 1).columns
    numbers = [name for name in columns if name.startswith("number")]
    others = [name for name in columns if not name.startswith("number")]
    prepared = make_column_transformer((SimpleImputer(), numbers), (OneHotEncoder(handle_unknown="ignore"), others))
    return _published("mixed table", make_pipeline(prepared, LogisticRegression(max_iter=1000)), folder, mixed)


KINDS: Final = (logistic_regression, gradient_boosting, random_forest, mixed_table)
"""Each trains, publishes and promotes a model below a folder that is empty."""


def _published(name: str, model: Any, folder: Path, draw: Draw = thirty_numbers) -> Kind:
    folder.mkdir(parents=True)
    rows = draw(np.random.default_rng(42), FITTED_ROWS)
    weight = rows["number 0"].fillna(0) + rows["number 1"].fillna(0) ** 2
    wanted = pd.cut(weight, [-np.inf, 0, 1, np.inf], labels=["low", "middle", "high"]).astype(str)
    model.fit(rows, wanted)
    fitted, uri = folder / "model.joblib", str(folder / "registry" / name.replace(" ", "-"))
    joblib.dump(model, fitted)
    publish_model(model, rows[:500], wanted[:500], uri=uri, target="level", promote=True, twin=False)
    return Kind(name, uri, fitted, draw)


def write_table(path: Path, draw: Draw, rows: int) -> None:
    """Write a table of `rows` rows with a key `id`: CSV or Parquet, as the suffix says."""
    batches = _batches(draw, rows)
    first = next(batches)
    opened = pyarrow.parquet.ParquetWriter if path.suffix == ".parquet" else pyarrow.csv.CSVWriter
    with opened(path, first.schema) as writer:
        writer.write_table(first)
        for batch in batches:
            writer.write_table(batch)


def _batches(draw: Draw, rows: int) -> Iterator[pa.Table]:
    drawn = np.random.default_rng(7)
    for began in range(0, rows, BATCH):
        count = min(BATCH, rows - began)
        table = draw(drawn, count)
        table.insert(0, "id", np.arange(began, began + count))
        yield pa.Table.from_pandas(table, preserve_index=False)
