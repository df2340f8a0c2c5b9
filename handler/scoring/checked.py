"""Tells the rows that a model is asked from those that are refused before it sees them, each as if it came alone.

The checks are those of a request. They name the values at fault column by column; why a row is refused is asked of that
row by itself, so that it is told what POST /predict would tell it.
"""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.api.body.columns import refused_places
from handler.api.body.instances import Instances, laid_out, to_rows
from handler.api.body.sound_numbers import refused_numbers, sound_numbers
from handler.errors.request import RequestError
from handler.records.signature import Feature
from handler.rows.dtype import row_dtype, typed_rows
from handler.scoring.outcome import Refusal


@dataclass(frozen=True)
class Checked:
    """The rows to ask, of shape (sound rows, features), with their `places` among all; the others are refused."""

    matrix: NDArray[Any]
    places: Sequence[int]
    refusals: dict[int, Refusal]


def checked_rows(rows: Sequence[Any], features: Sequence[Feature]) -> Checked:
    """`rows` are lists or objects, as in a request."""
    if row_dtype(feature.kind for feature in features) is not np.float64:
        return _checked_values(rows, features)
    sound = sound_numbers(rows, features)
    if sound is not None:
        return Checked(sound, range(len(rows)), {})
    numbers, suspect = _numbers_of(rows, [feature.name for feature in features])
    return checked_array(numbers, suspect, rows.__getitem__, features)


def checked_array(
    numbers: NDArray[np.float64], suspect: NDArray[np.bool_], sent: Callable[[int], Any], features: Sequence[Feature]
) -> Checked:
    """The same for `numbers`, of shape (rows, features), NaN for a gap, where all features are numbers.

    `suspect`, of shape (rows,), marks rows that hold something else too. Such a row, and one with a number that is not
    taken, is looked at as `sent` gives it: as a request would have it.
    """
    # In the order that a request's rows have: another one may change the last bits of what the model computes.
    matrix = np.ascontiguousarray(numbers, dtype=np.float64)
    doubtful = np.flatnonzero(suspect | refused_numbers(matrix, features, gaps=True).any(axis=1)).tolist()
    if not doubtful:
        return Checked(matrix, range(len(matrix)), {})
    looked_at = _checked_values([sent(place) for place in doubtful], features)
    matrix = matrix.copy()
    matrix[[doubtful[at] for at in looked_at.places]] = looked_at.matrix
    refusals = {doubtful[at]: refusal for at, refusal in looked_at.refusals.items()}
    kept = [place for place in range(len(matrix)) if place not in refusals]
    return Checked(matrix[kept], kept, refusals)


def _numbers_of(rows: Sequence[Any], names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """`rows` as an array of shape (rows, names), and which of them hold something that such an array cannot."""
    indexes, ordered, _ = laid_out(rows, names)
    plain = [at for at, row in enumerate(ordered) if _NUMBERS.issuperset(map(type, row))]
    try:
        values = np.array([ordered[at] for at in plain], dtype=np.float64)
    except OverflowError:
        plain = [at for at in plain if _is_held(ordered[at])]
        values = np.array([ordered[at] for at in plain], dtype=np.float64)
    numbers, suspect = np.full((len(rows), len(names)), np.nan), np.ones(len(rows), dtype=np.bool_)
    places = [indexes[at] for at in plain]
    numbers[places], suspect[places] = values.reshape(-1, len(names)), False
    return numbers, suspect


_NUMBERS = frozenset({int, float, type(None)})
_MOST = int(sys.float_info.max)


def _is_held(row: Sequence[Any]) -> bool:
    """Whether 64-bit floats hold the whole numbers of `row`."""
    return all(abs(value) <= _MOST for value in row if type(value) is int)


def _checked_values(rows: Sequence[Any], features: Sequence[Feature]) -> Checked:
    """The same, column by column."""
    indexes, ordered, _ = laid_out(rows, [feature.name for feature in features])
    found = {place: _alone(rows[place], features) for place in sorted({*range(len(rows))} - {*indexes})}
    at_fault: dict[int, list[int]] = {}
    for position, (feature, column) in enumerate(zip(features, zip(*ordered, strict=True), strict=False)):
        for at in refused_places(feature, column, range(len(column))):
            at_fault.setdefault(at, []).append(position)
    for at, positions in at_fault.items():
        place = indexes[at]
        if len(positions) == len(features):
            found[place] = _alone(rows[place], features)
        else:
            # Nothing is said of the others. By name, because a list of lists would be taken for several rows.
            named = {features[position].name: ordered[at][position] for position in positions}
            found[place] = _alone(named, [features[position] for position in positions])
    kept = [at for at in range(len(ordered)) if at not in at_fault]
    matrix = typed_rows([ordered[at] for at in kept], features)
    return Checked(matrix, [indexes[at] for at in kept], found)


def _alone(row: Any, features: Sequence[Feature]) -> Refusal:
    """What POST /predict says of `row` alone, which is refused."""
    try:
        to_rows(Instances([row], batch=False), features)
    except RequestError as error:
        return Refusal.of(error)
    raise AssertionError("a row that is refused among others was not refused alone")
