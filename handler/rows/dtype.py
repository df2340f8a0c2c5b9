"""The one rule on how rows are held: each value as the kind that the model was fitted on.

Rows of numbers alone are an array of float64. Where another kind stands among them, the array holds objects: float for
a number, int for a category that is a whole number, bool, str, and None or NaN for a gap.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature, Value


def row_dtype(kinds: Iterable[str]) -> type[Any]:
    """The type of an array of rows whose features are of these `kinds`, as manifests name them."""
    return np.float64 if all(kind == "number" for kind in kinds) else object


def typed_rows(rows: Sequence[Sequence[Value]], features: Sequence[Feature]) -> NDArray[Any]:
    """`rows`, in which a gap is None, as an array of shape (rows, features) to give to the model."""
    matrix = np.empty((len(rows), len(features)), dtype=row_dtype(feature.kind for feature in features))
    for position, (feature, column) in enumerate(zip(features, zip(*rows, strict=True), strict=False)):
        matrix[:, position] = typed_column(column, feature)
    return matrix


def typed_column(column: Sequence[Value], feature: Feature) -> NDArray[Any]:
    """One feature's values, of shape (rows,): each is null, or fits the feature."""
    if feature.kind == "number":
        return np.array(column, dtype=np.float64)
    gap = float("nan") if feature.gap == "NaN" else None
    if feature.is_coded:
        return np.array([gap if value is None else int(value) for value in column], dtype=object)
    if gap is not None:
        return np.array([gap if value is None else value for value in column], dtype=object)
    return np.array(column, dtype=object)
