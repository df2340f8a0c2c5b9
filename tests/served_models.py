"""Models that between them have all that a manifest can say, for the suites that look at what is served.

`categories` classifies by numbers and categories, with and without nulls; `kinds` by every kind of feature;
`regression` answers numbers; `iris` is the first model; `outliers`, `clusters`, `targets`, `labels` and `scores` are of
the other tasks. All are real and fitted.
"""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import joblib
import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

from handler.records.signature import Feature, Gap
from handler.rows.dtype import typed_rows
from tests.unit.handler.models import Version, version_with
from tests.unit.handler.tasks import task_version
from tests.unit.handler.twins import with_twin
from training.fit.iris import train_iris
from training.folder.writing import build

SIZES = np.linspace(0.0, 10.0, 60)
COLOURS = ("blue", "red", 'it\'s "green" </script>')
SHADES = ("dark", "light")


def number(name: str, values: "np.typing.NDArray[np.float64]", *, nullable: bool = False) -> Feature:
    """A number as a manifest describes it, from the values that training saw."""
    quantiles = tuple(float(edge) for edge in np.quantile(values, np.linspace(0, 1, 11)))
    least, most = float(values.min()), float(values.max())
    return Feature(name, "number", nullable, least, most, float(values.mean()), float(values.std()), quantiles)


def categories() -> Version:
    """Two classes by a number, two categories of which one may be missing, and a number that may be missing."""
    features = (
        number("größe (cm)", SIZES),
        Feature("colour", "category", categories=COLOURS),
        Feature("shade", "category", nullable=True, categories=SHADES),
        number("weight & <b>", SIZES * 3 + 1, nullable=True),
        number("constant", np.full(60, 5.0)),
    )
    rows = np.empty((60, 5), dtype=object)
    for index, size in enumerate(SIZES.tolist()):
        shade, weight = (None if index % 7 == 0 else SHADES[index % 2]), (np.nan if index % 5 == 0 else 3 * size + 1)
        rows[index] = [size, COLOURS[index % 3], shade, weight, 5.0]
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    prepared = make_column_transformer((encoder, [1, 2]), remainder="passthrough")
    estimator = make_pipeline(prepared, HistGradientBoostingClassifier(max_iter=20, min_samples_leaf=3))
    estimator.fit(rows, (SIZES > 5).astype(int))
    return version_with(estimator, [6.0, "red", None, None, 5.0], classes=("small", "large"), features=features)


def iris() -> Version:
    """The first model, as `training` makes it."""
    artifact = build(train_iris()).artifact
    return Version(artifact.manifest, artifact.data)


KINDS = (
    number("age", SIZES * 8, nullable=True),
    Feature("class", "category", categories=(1, 2, 3), typical=3.0),
    Feature("member", "boolean", nullable=True, typical=True),
    Feature("deck", "category", nullable=True, categories=("A", "B"), typical="B"),
    Feature("remark", "text", max_length=40),
    Feature("shop", "category", nullable=True, categories=(10, 20), allow_unknown=True, typical=10.0),
    Feature("confirmed", "boolean"),
    Feature("note", "text", nullable=True, max_length=10),
)
"""Every kind of feature, with and without gaps."""

REMARKS = ("came with a friend", "came alone", "left a note: good", "")


def kinds(gap: Gap = "NaN") -> Version:
    """Two classes by every kind of feature; what the model gets for null in a column that is no number is `gap`."""
    features = tuple(feature if feature.kind == "number" else replace(feature, gap=gap) for feature in KINDS)
    rows = [
        [
            None if index % 7 == 0 else 8 * size,
            1 + index % 3,
            None if index % 5 == 0 else index % 2 == 0,
            None if index % 4 == 0 else "AB"[index % 2],
            REMARKS[index % 4],
            None if index % 6 == 0 else 10 * (1 + index % 2),
            index % 9 == 0,
            None if index % 8 == 0 else ("paid", "")[index % 2],
        ]
        for index, size in enumerate(SIZES.tolist())
    ]
    prepared = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), [0]),
        (OneHotEncoder(handle_unknown="ignore"), [1, 2, 3, 5, 6, 7]),
        (TfidfVectorizer(), 4),
    )
    estimator = make_pipeline(prepared, LogisticRegression())
    estimator.fit(typed_rows(rows, features), (SIZES + (np.arange(60) % 3) > 6).astype(int))
    return version_with(estimator, rows[1], classes=("no", "yes"), features=features)


def regression() -> Version:
    """A number by two numbers, of which one is negative."""
    rows = np.column_stack([SIZES, SIZES[::-1] - 20])
    estimator = Ridge().fit(rows, rows @ [2.0, -1.0] + 0.5)
    return version_with(estimator, [2.0, -15.0], features=(number("a", rows[:, 0]), number("b", rows[:, 1])))


OTHER_TASKS = {
    "outliers": "forest of outliers",
    "clusters": "mixture",
    "targets": "two classes at once",
    "labels": "labels of a chain",
    "scores": "scores",
}
"""Models of the other tasks, by the names that they have among the unit tests' own."""


def write(name: str, root: Path) -> Path:
    """Let the model `name` serve from the registry at `root`; gives `root`."""
    return _version(name).write(root)


def write_twin(name: str, root: Path) -> Path:
    """Let the model `name` serve from the registry at `root` with its twin; gives `root`. Raises NoTwin."""
    version = _version(name)
    return with_twin(joblib.load(BytesIO(version.artifact)), version).write(root)


def _version(name: str) -> Version:
    if name in OTHER_TASKS:
        return task_version(OTHER_TASKS[name])
    models = {"iris": iris, "categories": categories, "kinds": kinds, "regression": regression}
    return models[name]()
