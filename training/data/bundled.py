"""scikit-learn's own small data sets as a `Dataset`: `sklearn.datasets.load_iris` and its like.

Only those that come with scikit-learn: nothing is fetched.
"""

from typing import Any, cast

import numpy as np
from sklearn import datasets

from handler.records.signature import Target
from training.data.dataset import Dataset, NumberColumn
from training.data.statistics import dataset_sha256
from training.errors import InvalidModelFile

PREFIX = "sklearn.datasets."
LOADERS = ("load_iris", "load_wine", "load_breast_cancer", "load_digits", "load_diabetes")


def is_bundled(source: str) -> bool:
    """Whether `source` names a data set of scikit-learn rather than a file."""
    return source.startswith(PREFIX)


def load_bundled(source: str, target: str) -> Dataset:
    """The data set `source`, with its target under the name `target`; raises InvalidModelFile on an unknown one."""
    loader = source.removeprefix(PREFIX)
    if loader not in LOADERS:
        raise InvalidModelFile(
            f"There is no data set {source!r} here; there are {', '.join(map(PREFIX.__add__, LOADERS))}."
        )
    data = cast(Any, getattr(datasets, loader)())
    classes = tuple(str(name) for name in data.get("target_names", ()))
    return Dataset(
        name=source,
        sha256=dataset_sha256(data.data, data.target),
        task="classification" if classes else "regression",
        columns=tuple(
            NumberColumn(str(name), np.asarray(values, dtype=np.float64))
            for name, values in zip(data.feature_names, data.data.T, strict=True)
        ),
        target=Target(target, classes),
        y=data.target,
    )
