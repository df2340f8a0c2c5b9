"""One feature in memory, kept compactly: 8 bytes a number, 4 bytes a category.

What a column of some kind holds, gives to the estimator and says in the manifest stands here; how it is read from a
file does not.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from handler.registry.manifest import Feature, Kind
from training.data.statistics import category_feature, numeric_features

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
    dtype: ClassVar[type[Any]]
    """Of the cells."""

    @property
    @abstractmethod
    def gaps(self) -> NDArray[np.bool_]:
        """Which rows have no value here."""

    @abstractmethod
    def cells(self, rows: Indexes) -> NDArray[Any]:
        """The values of these rows, as a request's would be."""

    @abstractmethod
    def describe(self, rows: Indexes, allow_unknown: bool = False) -> Feature:
        """What the manifest says of these rows, the ones that are fitted."""


class NumberColumn(Column):
    """`values` are float64 with NaN for gaps, and so are the cells."""

    kind = "number"
    dtype = np.float64

    @property
    def gaps(self) -> NDArray[np.bool_]:
        gaps: NDArray[np.bool_] = np.isnan(self.values)
        return gaps

    def cells(self, rows: Indexes) -> NDArray[Any]:
        chosen: NDArray[np.float64] = self.values[rows]
        return chosen

    def describe(self, rows: Indexes, allow_unknown: bool = False) -> Feature:  # noqa: ARG002 - categories have it
        return numeric_features([self.name], self.cells(rows)[:, np.newaxis])[0]


class CategoryColumn(Column):
    """`values` are int32 positions in `categories` with NO_VALUE for gaps; the cells are str with None for gaps."""

    kind = "category"
    dtype = object

    @property
    def gaps(self) -> NDArray[np.bool_]:
        gaps: NDArray[np.bool_] = self.values == NO_VALUE
        return gaps

    def cells(self, rows: Indexes) -> NDArray[Any]:
        # One object a category, however many rows: the last place, -1, is the gap's.
        texts: NDArray[Any] = np.array([*self.categories, None], dtype=object)[self.values[rows]]
        return texts

    def describe(self, rows: Indexes, allow_unknown: bool = False) -> Feature:
        codes, counts = np.unique(self.values[rows], return_counts=True)
        seen = dict(zip(codes.tolist(), counts.tolist(), strict=True))
        named = {self.categories[code]: count for code, count in seen.items() if code != NO_VALUE}
        return category_feature(self.name, named, nullable=NO_VALUE in seen, allow_unknown=allow_unknown)
