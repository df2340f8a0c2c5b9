"""A step of a pipeline that two values break, as native code can: one by an error, one by the process's end."""

import os

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

FAILS = 66_601.0
"""As the first value of a row: there never is memory enough for it."""

KILLS = 66_602.0
"""As the first value of a row: the process is gone, as after a segmentation fault."""


class BrittleStep(TransformerMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Gives the rows as they are, unless one begins with one of the two values."""

    def fit(self, rows: ArrayLike, _: object = None) -> "BrittleStep":
        """Learn how many columns there are."""
        self.n_features_in_ = np.asarray(rows).shape[1]
        return self

    def transform(self, rows: ArrayLike) -> NDArray[np.float64]:
        """The rows as floats."""
        values = np.asarray(rows, dtype=float)
        if KILLS in values[:, 0]:
            os._exit(1)
        if FAILS in values[:, 0]:
            raise MemoryError
        return values
