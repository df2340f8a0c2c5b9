"""The data that a model is trained on, wherever it came from: columns in memory, and the arrays made of them.

Columns are kept compactly: 8 bytes a number, 4 bytes a category. The arrays are what the function makes of a request,
because the estimator must be fitted to what it will be asked with.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature, Kind, Target, Task
from handler.rows.dtype import row_dtype
from training.data.statistics import category_feature, numeric_features, with_counts

Indexes = NDArray[np.intp]

NO_VALUE = -1
"""The code of a gap in a column of categories."""


@dataclass(frozen=True)
class Column(ABC):
    """One feature of all rows. `categories` are the texts that a column of categories has; others have none."""

    name: str
    values: NDArray[Any]
    categories: tuple[str, ...] = ()

    kind: ClassVar[Kind]

    @property
    @abstractmethod
    def gaps(self) -> NDArray[Any]:
        """Which rows have no value here: a mask."""

    @abstractmethod
    def cells(self, rows: Indexes) -> NDArray[Any]:
        """The values of these rows, as a request's would be."""

    @abstractmethod
    def statistics(self, rows: Indexes, allow_unknown: bool = False) -> Feature:
        """What the manifest says of these rows, the ones that are fitted, but for their counts."""

    def describe(self, rows: Indexes, allow_unknown: bool = False) -> Feature:
        """What the manifest says of these rows, the ones that are fitted."""
        return with_counts(self.statistics(rows, allow_unknown), self.cells(rows))


class NumberColumn(Column):
    """`values` are float64 with NaN for gaps, and so are the cells."""

    kind = "number"

    @property
    def gaps(self) -> NDArray[Any]:
        gaps: NDArray[Any] = np.isnan(self.values)
        return gaps

    def cells(self, rows: Indexes) -> NDArray[Any]:
        return self.values.take(rows)

    def statistics(self, rows: Indexes, allow_unknown: bool = False) -> Feature:  # noqa: ARG002 - categories have it
        return numeric_features([self.name], self.cells(rows)[:, np.newaxis])[0]


class CategoryColumn(Column):
    """`values` are int32 positions in `categories` with NO_VALUE for gaps; the cells are str with None for gaps."""

    kind = "category"

    @property
    def gaps(self) -> NDArray[Any]:
        gaps: NDArray[Any] = self.values == NO_VALUE
        return gaps

    def cells(self, rows: Indexes) -> NDArray[Any]:
        # One object a category, however many rows: the last place, -1, is the gap's.
        texts: NDArray[Any] = np.array([*self.categories, None], dtype=object)[self.values[rows]]
        return texts

    def statistics(self, rows: Indexes, allow_unknown: bool = False) -> Feature:
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
        """The type of `matrix`."""
        return row_dtype(column.kind for column in self.columns)

    def matrix(self, rows: Indexes) -> NDArray[Any]:
        """The features of these rows, of shape (rows, features)."""
        matrix = np.empty((len(rows), len(self.columns)), dtype=self.dtype)
        for index, column in enumerate(self.columns):
            matrix[:, index] = column.cells(rows)
        return matrix
