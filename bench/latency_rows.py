"""A model of 30 numbers in a registry, and any number of rows for it."""

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer

from training.fit.description import DataSpec, EstimatorSpec, ModelSpec
from training.fit.fitting import train_model
from training.folder.writing import write_folder
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import publish, read_folder
from training.release.stores.schemes import open_writable_store

SPEC = ModelSpec(
    "breast-cancer",
    DataSpec("sklearn.datasets.load_breast_cancer", "diagnosis"),
    estimator=EstimatorSpec("sklearn.linear_model.LogisticRegression", {"max_iter": 1000}),
)


def published(scratch: Path) -> str:
    """Train the model, publish and promote it in a directory; gives the model's URI."""
    registry = scratch / "registry"
    registry.mkdir()
    write_folder(train_model(SPEC, seed=42), scratch / "trained")
    store = open_writable_store(str(registry))
    manifest = publish(read_folder(scratch / "trained"), store)
    promote(store, Release(manifest.version, "production", "bench", "to measure it"))
    return str(registry)


def rows_like_training(count: int) -> list[list[float]]:
    """`count` rows drawn from the data set, to six digits: what a client would send."""
    data: Any = load_breast_cancer()
    drawn = np.random.default_rng(42).choice(data.data, count)
    return [[float(f"{value:.6g}") for value in row] for row in drawn.tolist()]
