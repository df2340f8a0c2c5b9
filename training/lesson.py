"""The lesson this project grew from: Iris and a logistic regression in four functions.

They are for notebooks and newcomers: `from training import …`. The command `train` makes the same model from
training/models/iris.toml. Registries, manifests and proofs are not here.
"""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

Numbers = NDArray[np.float64]
Classes = NDArray[np.int64]
Names = NDArray[np.str_]


class IrisSplit(NamedTuple):
    """Iris in two: features in cm, of shape (rows, 4), and the classes' indexes."""

    x_train: Numbers
    x_test: Numbers
    y_train: Classes
    y_test: Classes
    target_names: Names


def train_iris_model(
    *,
    test_size: float | int = 0.2,
    random_state: int | None = 42,
    max_iter: int = 200,
    subset_size: int | None = None,
) -> tuple[LogisticRegression, float, Numbers, Classes, Names]:
    """Fit a logistic regression to Iris on a stratified split: (model, accuracy, X_test, y_test, target_names).

    `test_size` is the share of rows held out, or their number where it is an integer. `subset_size` takes only so
    many of the 150 rows, chosen by `random_state`. X_test has the shape (rows, 4), in cm. The accuracy on the rows
    held out is 0.9667 at the defaults. Raises ValueError, saying what to change, where the split cannot be made.
    """
    split = split_iris(test_size=test_size, random_state=random_state, subset_size=subset_size)
    model = LogisticRegression(max_iter=max_iter).fit(split.x_train, split.y_train)
    return model, float(model.score(split.x_test, split.y_test)), split.x_test, split.y_test, split.target_names


def split_iris(*, test_size: float | int, random_state: int | None, subset_size: int | None = None) -> IrisSplit:
    """The two sides that `train_iris_model` fits and measures on; raises ValueError as it does."""
    iris = load_iris()
    features, target, names = iris.data, iris.target, iris.target_names
    if subset_size is not None:
        chosen = _subset(subset_size, len(target), random_state)
        features, target = features[chosen], target[chosen]
    _require_classes(target, names)
    _require_split(test_size, target, names)
    x_train, x_test, y_train, y_test = train_test_split(
        features, target, test_size=test_size, random_state=random_state, stratify=target
    )
    _require_both_sides(y_train, y_test, names)
    return IrisSplit(x_train, x_test, y_train, y_test, names)


def save_model(model: Any, path: str | Path) -> Path:
    """Write `model` with joblib; `~` is expanded and parent folders are made. Returns the resolved path."""
    resolved = Path(path).expanduser().resolve()
    resolved.parent.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, resolved)
    return resolved


def load_model(path: str | Path) -> Any:
    """Load a file that `save_model` wrote.

    This unpickles the file, which runs whatever code is in it: use it for files that you made yourself and trust. What
    comes from a registry is verified before it is loaded, and not by this function.
    """
    return joblib.load(Path(path).expanduser().resolve())


def predict_sample(model: Any, sample: ArrayLike, target_names: ArrayLike | None = None) -> tuple[int, str | None]:
    """The class of one sample, a vector of features or one row of a 2-D array: (index, name or None).

    Raises ValueError on more than one row.
    """
    rows = np.atleast_2d(np.asarray(sample, dtype=np.float64))
    if rows.ndim != 2 or len(rows) != 1:
        raise ValueError(f"sample must be one vector or one row, not an array of shape {np.shape(sample)}.")
    index = int(model.predict(rows)[0])
    return index, None if target_names is None else str(np.asarray(target_names)[index])


def _subset(size: int, rows: int, random_state: int | None) -> Classes:
    if not 0 < size <= rows:
        raise ValueError(f"subset_size must be between 1 and {rows}, the rows of Iris; it is {size}.")
    return np.random.default_rng(random_state).permutation(rows)[:size]


def _require_classes(target: Classes, names: Names) -> None:
    counts = Counter(target.tolist())
    missing = [str(name) for index, name in enumerate(names) if index not in counts]
    if missing:
        raise ValueError(
            f"The subset has no {' and no '.join(missing)}: raise subset_size, or choose another random_state."
        )
    scarce = [f"{names[index]} ({count})" for index, count in sorted(counts.items()) if count < 2]
    if scarce:
        raise ValueError(
            f"Each class needs at least two rows to be split; too few of {', '.join(scarce)}: raise subset_size."
        )


def _require_split(test_size: float | int, target: Classes, names: Names) -> None:
    rows, classes = len(target), len(names)
    if isinstance(test_size, (float, np.floating)):
        if not 0 < test_size < 1:
            raise ValueError(
                f"A float test_size is a share and must lie between 0 and 1, both excluded; it is {test_size}."
            )
        held_out = int(np.ceil(test_size * rows))
    else:
        if not 0 < test_size < rows:
            raise ValueError(
                f"An integer test_size is a number of rows, between 1 and {rows - 1}: at {test_size} one side is empty."
            )
        held_out = int(test_size)
    if min(held_out, rows - held_out) < classes:
        raise ValueError(
            f"test_size {test_size} leaves {held_out} rows to test and {rows - held_out} to train; each side needs at "
            f"least {classes}, one of each class: change test_size or raise subset_size."
        )


def _require_both_sides(y_train: Classes, y_test: Classes, names: Names) -> None:
    for side, target in (("train", y_train), ("test", y_test)):
        absent = [str(name) for index, name in enumerate(names) if index not in target]
        if absent:
            raise ValueError(
                f"The split leaves no {' and no '.join(absent)} to {side} with: the class is too small for this "
                "test_size; change test_size or raise subset_size."
            )
