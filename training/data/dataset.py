"""The data that a model is trained on, wherever it came from: columns in memory, and the arrays made of them.

The arrays are what the function makes of a request, because the estimator must be fitted to what it will be asked with.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.registry.manifest import Target, Task
from training.data.column import Column, Indexes


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
        """Of the matrix: float64 where every cell is a number, as in the function."""
        return np.float64 if all(column.dtype is np.float64 for column in self.columns) else object

    def matrix(self, rows: Indexes) -> NDArray[Any]:
        """The features of these rows, of shape (rows, features)."""
        matrix = np.empty((len(rows), len(self.columns)), dtype=self.dtype)
        for index, column in enumerate(self.columns):
            matrix[:, index] = column.cells(rows)
        return matrix
