"""Models in registries of their own, and any number of rows for each: what `bench.latency` and `bench.windows` ask."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from bench.scoring.kinds import mixed as mixed_rows
from training.fit.description import DataSpec, EstimatorSpec, ModelSpec
from training.fit.fitting import train_model
from training.fit.iris import train_iris
from training.fit.trained_model import TrainedModel
from training.folder.writing import write_folder
from training.notebook.publishing import publish_model
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store

SPEC = ModelSpec(
    "breast-cancer",
    DataSpec("sklearn.datasets.load_breast_cancer", "diagnosis"),
    estimator=EstimatorSpec("sklearn.linear_model.LogisticRegression", {"max_iter": 1000}),
)


@dataclass(frozen=True)
class Measured:
    """A model that serves from `uri`; `rows` draws as many rows for it as one wants."""

    uri: str
    rows: Callable[[int], list[list[Any]]]


def published(scratch: Path) -> str:
    """Train a model of 30 numbers, publish and promote it in a directory; gives the model's URI."""
    return _released(train_model(SPEC, seed=42), scratch)


def rows_like_training(count: int) -> list[list[Any]]:
    """`count` rows drawn from its data set, to six digits: what a client would send."""
    return _drawn(load_breast_cancer().data, count)


def iris(scratch: Path) -> Measured:
    """A model of four numbers."""
    return Measured(_released(train_iris(), scratch), lambda count: _drawn(load_iris().data, count))


def breast_cancer(scratch: Path) -> Measured:
    """A model of 30 numbers."""
    return Measured(published(scratch), rows_like_training)


def mixed(scratch: Path) -> Measured:
    """A model of ten numbers with gaps, eight categories, of which half are codes, and two booleans."""
    table = _mixed_table(500)
    others = [name for name in table.columns if not name.startswith("number")]
    numbers = [name for name in table.columns if name.startswith("number")]
    prepared = make_column_transformer((SimpleImputer(), numbers), (OneHotEncoder(handle_unknown="ignore"), others))
    wanted = (table["number 0"].fillna(0) > 0).map({True: "yes", False: "no"})
    model = make_pipeline(prepared, LogisticRegression(max_iter=1000)).fit(table, wanted)
    scratch.mkdir()
    registry = str(scratch / "mixed")
    publish_model(model, table, wanted, uri=registry, target="wanted", promote=True, twin=False)
    return Measured(registry, lambda count: json.loads(_mixed_table(count).to_json(orient="values")))


MODELS: Final = {"iris": iris, "breast-cancer": breast_cancer, "mixed": mixed}


def _mixed_table(rows: int) -> pd.DataFrame:
    return mixed_rows(np.random.default_rng(42), rows)


def _drawn(data: Any, count: int) -> list[list[Any]]:
    drawn = np.random.default_rng(42).choice(data, count)
    return [[float(f"{value:.6g}") for value in row] for row in drawn.tolist()]


def _released(trained: TrainedModel, scratch: Path) -> str:
    registry = scratch / "registry"
    registry.mkdir(parents=True)
    write_folder(trained, scratch / "trained")
    store = open_writable_store(str(registry))
    manifest = publish(read_folder(scratch / "trained"), store)
    promote(store, Release(manifest.version, "production", "bench", "to measure it"))
    return str(registry)
