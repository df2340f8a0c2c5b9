"""A sound batch of numbers as an array, several times faster than column by column.

It refuses nothing. What is not all sound is looked at value by value in `instances`, which says what is wrong with it.
"""

import struct
from collections.abc import Callable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature
from handler.rows.domain import LARGEST, outside


def sound_numbers(rows: Sequence[Any], features: Sequence[Feature]) -> NDArray[np.float64] | None:
    """`rows` as an array of shape (rows, features), which are all numbers; None where anything is wrong with any.

    None also of rows of which some are lists and some objects.
    """
    values = _values_of_rows_alike(rows, [feature.name for feature in features])
    return _array_of(values, features) if values else None


def in_order(names: Sequence[str]) -> Callable[[dict[str, Any]], tuple[Any, ...]]:
    """Takes the values of `names` out of an object."""
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


def _values_of_rows_alike(rows: Sequence[Any], names: Sequence[str]) -> list[Any] | None:
    """All values, row by row in the order of `names`, of rows that are all lists or all objects; None of others, and
    where one has not a value for each name."""
    forms = set(map(type, rows))
    if forms not in ({list}, {dict}) or set(map(len, rows)) != {len(names)}:
        return None
    if forms == {list}:
        return list(chain.from_iterable(rows))
    try:
        return list(chain.from_iterable(map(in_order(names), rows)))
    except KeyError:
        return None


def _array_of(values: list[Any], features: Sequence[Feature]) -> NDArray[np.float64] | None:
    """`values` in rows of as many as there are `features`; None where one is refused."""
    types = set(map(type, values))
    if not types <= {int, float, type(None)}:
        return None
    try:
        if type(None) in types:
            matrix = np.array(values, dtype=np.float64)
        else:
            matrix = np.empty(len(values), dtype=np.float64)
            struct.pack_into(f"{len(values)}d", matrix.data, 0, *values)  # twice as fast as np.array
    except (OverflowError, struct.error):
        return None
    matrix = matrix.reshape(-1, len(features))
    return None if refused_numbers(matrix, features, gaps=type(None) in types).any() else matrix


def refused_numbers(matrix: NDArray[np.float64], features: Sequence[Feature], *, gaps: bool) -> NDArray[np.bool_]:
    """Which values of `matrix`, of shape (rows, features), no model or not this one takes; of the same shape.

    A gap is NaN; `gaps` says whether there may be any.
    """
    refused: NDArray[np.bool_] = np.abs(matrix) > LARGEST
    for position, feature in enumerate(features):
        if feature.domain is not None:
            refused[:, position] |= outside(feature.domain, matrix[:, position])
    if gaps:
        refused |= np.isnan(matrix) & np.array([not feature.nullable for feature in features])
    return refused
