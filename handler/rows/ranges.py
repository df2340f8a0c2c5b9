"""Finds the values of a request that lie outside what the model saw in training.

Such rows are answered all the same, with a warning: whether to believe an extrapolation is the caller's decision, but
nobody should make it unknowingly. Categories are not looked at here: one that training did not see is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.errors.base import MAX_PROBLEMS, Problem
from handler.records.signature import Feature


@dataclass(frozen=True)
class Outside:
    """`problems` lists the first values outside, in the order of the rows; `counts` says how many there are of each
    feature that has any."""

    problems: tuple[Problem, ...]
    counts: dict[str, int]


NOTHING = Outside((), {})


def outside_training(rows: NDArray[Any], features: Sequence[Feature]) -> Outside:
    """The numbers of `rows`, of shape (rows, features), below or above the range seen in training.

    At most MAX_PROBLEMS are listed, however many there are. A null (NaN) is never outside.
    """
    columns, outside = _outside_cells(rows, features)
    if not outside.any():
        return NOTHING
    counts = {features[columns[at]].name: count for at, count in enumerate(outside.sum(axis=0).tolist()) if count}
    places = [(row, columns[at]) for row, at in np.argwhere(outside)[:MAX_PROBLEMS].tolist()]
    return Outside(tuple(_problem(row, features[column], float(rows[row, column])) for row, column in places), counts)


def outside_rows(rows: NDArray[Any], features: Sequence[Feature]) -> NDArray[np.bool_]:
    """Which of `rows` may lie outside the range seen in training: all, where the range of a number is unknown."""
    columns, outside = _outside_cells(rows, features)
    if len(columns) < sum(feature.kind == "number" for feature in features):
        return np.ones(len(rows), dtype=np.bool_)
    in_row: NDArray[np.bool_] = np.any(outside, axis=1)
    return in_row


def _outside_cells(rows: NDArray[Any], features: Sequence[Feature]) -> tuple[list[int], NDArray[np.bool_]]:
    """The columns of numbers whose range is known, and which values in them lie outside, of shape (rows, columns)."""
    ranges = [
        (column, feature.minimum, feature.maximum)
        for column, feature in enumerate(features)
        if feature.kind == "number" and feature.minimum is not None and feature.maximum is not None
    ]
    columns = [column for column, _, _ in ranges]
    least, most = np.array([bounds for _, *bounds in ranges], dtype=np.float64).reshape(-1, 2).T
    every = len(columns) == rows.shape[1]
    values = (rows if every else rows[:, columns]).astype(np.float64, copy=False)
    return columns, (values < least) | (values > most)


def _problem(row: int, feature: Feature, value: float) -> Problem:
    if feature.minimum is not None and value < feature.minimum:
        return Problem(row, feature.name, f"{value:g} is below {feature.minimum:g}, the least that training saw")
    return Problem(row, feature.name, f"{value:g} is above {feature.maximum:g}, the most that training saw")
