"""Rows as points, so that the clusters of two models can be measured by the same distances."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature

MOST_VALUES = 50
"""A column of more different values than that, other than numbers, says little by a distance."""


def points_of(rows: NDArray[Any], features: Sequence[Feature]) -> NDArray[np.float64] | None:
    """`rows`, of shape (rows, features), as points of shape (rows, dimensions); None where there is no dimension.

    A number is counted in standard deviations from the mean of these rows, a gap as the mean. Each value of another
    kind is a dimension in which rows that have it lie 1/√2 from the others, so that two values are 1 apart. Texts, and
    columns of one value, are left out.
    """
    columns: list[NDArray[np.float64]] = []
    for place, feature in enumerate(features):
        column = rows[:, place]
        if feature.kind == "number":
            numbers = column.astype(np.float64)
            known = numbers[np.isfinite(numbers)]
            if len(known) and known.std():
                columns.append(np.where(np.isfinite(numbers), (numbers - known.mean()) / known.std(), 0.0))
        elif feature.kind != "text":
            texts = np.array([str(value) for value in column])
            values = np.unique(texts)
            if 1 < len(values) <= MOST_VALUES:
                columns += [(texts == value) / np.sqrt(2) for value in values]
    return np.column_stack(columns) if columns else None
