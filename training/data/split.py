"""Which rows a model is fitted to, and which are held out to measure it.

What would leave a class or a column without a fitted row is refused here, where it can still be named; `rare_class`
names the class that may have made a fit fail.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split

from training.console import quoted
from training.data.dataset import Dataset, Indexes
from training.errors import InvalidTable


@dataclass(frozen=True)
class Split:
    """Which rows are fitted, and which are held out."""

    train: Indexes
    test: Indexes


def split_rows(dataset: Dataset, test_size: float, seed: int) -> Split:
    """Hold out a share of the rows, of each class alike; raises InvalidTable where a side would lack what it needs."""
    rows = dataset.rows
    held_out = int(np.ceil(test_size * rows))
    if rows < 10 or held_out < 2 or rows - held_out < 2:
        raise InvalidTable(
            f"{dataset.name} has {rows} rows with a target; at least 10 are needed to fit and to measure."
        )
    if dataset.task == "classification":
        _require_classes(dataset, held_out)
    stratify = dataset.y if dataset.task == "classification" else None
    train, test = train_test_split(np.arange(rows), test_size=test_size, random_state=seed, stratify=stratify)
    split = Split(train, test)
    _require_fitted(dataset, split)
    return split


def classes_not_held_out(dataset: Dataset, split: Split) -> list[str]:
    """The names of the classes that no row held out has, so that no metric speaks of them."""
    seen = set(np.unique(dataset.y[split.test]).tolist()) if dataset.task == "classification" else set()
    return [name for index, name in enumerate(dataset.target.classes) if index not in seen]


def rare_class(dataset: Dataset, split: Split) -> tuple[int, str]:
    """How many fitted rows the rarest class of a classification has, and the beginning of a sentence that says so."""
    index, count = Counter(dataset.y[split.train].tolist()).most_common()[-1]
    rows = "1 row" if count == 1 else f"{count} rows"
    return count, f"the class {dataset.target.classes[index]!r} of {dataset.target.name!r} has {rows} to fit"


def _require_classes(dataset: Dataset, held_out: int) -> None:
    """Raise InvalidTable where a class has too few rows to be split, or a side too few rows for the classes."""
    rows, classes = dataset.rows, len(dataset.target.classes)
    counts = Counter(dataset.y.tolist())
    scarce = [f"{dataset.target.classes[index]!r}" for index in range(classes) if counts[index] < 2]
    if scarce:
        raise InvalidTable(
            f"The class {scarce[0]} of {dataset.target.name!r} has a single row: each needs two, one to fit and one "
            "to measure. Give more rows of it, group it with another class, or leave it out."
        )
    if min(held_out, rows - held_out) < classes:
        raise InvalidTable(
            f"{held_out} of {rows} rows would be held out, fewer than the {classes} classes: give more rows, or "
            "a larger --test-size."
            if held_out < classes
            else f"{rows - held_out} of {rows} rows would be fitted, fewer than the {classes} classes: give more rows, "
            "or a smaller --test-size."
        )


def _require_fitted(dataset: Dataset, split: Split) -> None:
    """Raise InvalidTable where no fitted row has a class, or a value of a column."""
    fitted = set(np.unique(dataset.y[split.train]).tolist())
    for index, name in enumerate(dataset.target.classes):
        if index not in fitted:
            raise InvalidTable(
                f"The class {name!r} of {dataset.target.name!r} has {np.count_nonzero(dataset.y == index)} rows, and "
                "none of them would be fitted: hold out fewer with --test-size, give more rows of it, or group it "
                "with another class."
            )
    for column in dataset.columns:
        if column.gaps[split.train].all():
            raise InvalidTable(
                f"Column {column.name!r} is empty in all rows that would be fitted: leave it out with --drop "
                f"{quoted(column.name)}."
            )
