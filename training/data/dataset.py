"""The data that a model is trained on, wherever it came from: columns in memory, and the arrays made of them.

`training.data.columns.reading` makes one of a file, `training.data.bundled` one of scikit-learn's own data sets;
`training.fit.fitting` fits it. Columns are kept compactly (8 bytes a number, 4 a category); the arrays are made row by
row as the function makes them of a request (`handler.api.body.instances.to_rows`), because the estimator must be fitted
to what it will be asked with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.registry.manifest import Feature, Kind, Target, Task
from training.data.columns.values import NO_VALUE
from training.data.statistics import category_feature, numeric_features

Indexes = NDArray[np.intp]


@dataclass(frozen=True)
class Column:
    """One feature: `values` are float64 with NaN for gaps, or int32 positions in `categories` with -1 for gaps."""

    name: str
    kind: Kind
    values: NDArray[Any]
    categories: tuple[str, ...] = ()

    @property
    def gaps(self) -> NDArray[np.bool_]:
        """Which rows have no value here."""
        gaps: NDArray[np.bool_] = np.isnan(self.values) if self.kind == "number" else self.values == NO_VALUE
        return gaps

    def cells(self, rows: Indexes) -> NDArray[Any]:
        """The values of these rows as a request's would be: float64 with NaN, or str with None."""
        chosen = self.values[rows]
        if self.kind == "number":
            return chosen
        # One object a category, however many rows: the last place, -1, is the gap's.
        texts: NDArray[Any] = np.array([*self.categories, None], dtype=object)[chosen]
        return texts

    def describe(self, rows: Indexes, allow_unknown: bool = False) -> Feature:
        """What the manifest says of these rows, the ones that are fitted."""
        if self.kind == "number":
            return numeric_features([self.name], self.values[rows][:, np.newaxis])[0]
        codes, counts = np.unique(self.values[rows], return_counts=True)
        seen = dict(zip(codes.tolist(), counts.tolist(), strict=True))
        named = {self.categories[code]: count for code, count in seen.items() if code != NO_VALUE}
        return category_feature(self.name, named, nullable=NO_VALUE in seen, allow_unknown=allow_unknown)


@dataclass(frozen=True)
class Dataset:
    """`y` holds indexes of `target.classes` for a classification, float64 for a regression; one for each row."""

    name: str
    sha256: str
    task: Task
    columns: tuple[Column, ...]
    target: Target
    y: NDArray[Any]

    @property
    def rows(self) -> int:
        return len(self.y)

    @property
    def dtype(self) -> type[Any]:
        """What `handler.serving.predictor.row_dtype` says of such features."""
        return np.float64 if all(column.kind == "number" for column in self.columns) else object

    def matrix(self, rows: Indexes) -> NDArray[Any]:
        """The features of these rows, of shape (rows, features)."""
        matrix = np.empty((len(rows), len(self.columns)), dtype=self.dtype)
        for index, column in enumerate(self.columns):
            matrix[:, index] = column.cells(rows)
        return matrix
