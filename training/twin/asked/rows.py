"""All rows that a model and its twin are asked: real ones, drawn ones, and those at thresholds, in blocks."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature, Value
from handler.rows.dtype import row_dtype, typed_column
from training.errors import NoTwin
from training.measuring.taken import places_taken
from training.twin.asked.crossing import MOST_ROWS, Boundary, boundary_of
from training.twin.asked.values import drawn_columns

DRAWN = 2000

MOST_CELLS = 10_000_000
"""Of rows at thresholds there are at most so many values: 80 MB, which are held until all are compared."""

BLOCK = 1000
"""Rows that are asked at once."""

ROUNDS = 5
"""Where the model cannot compute with a drawn row, others are drawn, so many times."""

Answered = Callable[[NDArray[Any]], NDArray[np.bool_]]
"""Which of some rows a model can compute with."""


@dataclass(frozen=True)
class AskedRows:
    """`ordinary` rows are real and then drawn ones, of shape (rows, features); `boundary` ones are made of them."""

    ordinary: NDArray[Any]
    boundary: Boundary

    def __len__(self) -> int:
        return len(self.ordinary) + len(self.boundary)

    @property
    def drawn(self) -> NDArray[Any]:
        """The ordinary rows that were drawn."""
        return self.ordinary[-DRAWN:]

    def blocks(self) -> Iterator[tuple[NDArray[Any], bool]]:
        """The rows in blocks, each with whether it is at thresholds."""
        for first in range(0, len(self.ordinary), BLOCK):
            yield self.ordinary[first : first + BLOCK], False
        for first in range(0, len(self.boundary), BLOCK):
            yield self.boundary.rows(self.ordinary, first, first + BLOCK), True


def rows_to_ask(
    estimator: Any, features: Sequence[Feature], real: Sequence[Sequence[Value]], answered: Answered, seed: int
) -> AskedRows:
    """The rows for `estimator`: of the `real` ones, with gaps as None, those that the API takes; DRAWN others; and rows
    at thresholds. The model can compute with all but perhaps some of the last.

    Raises NoTwin where there are too few.
    """
    known = [real[place] for place in places_taken(real, features)]
    typed = _typed(list(zip(*known, strict=True)), features) if known else _typed([[]] * len(features), features)
    texts = {place: _texts(known, place) for place, feature in enumerate(features) if feature.kind == "text"}
    drawn = typed[:0]
    for turn in range(ROUNDS):
        columns = drawn_columns(features, lambda place: texts.get(place, ()), DRAWN, seed + turn)
        more = _typed(columns, features)
        drawn = np.concatenate([drawn, more[answered(more)]])[:DRAWN]
        if len(drawn) == DRAWN:
            break
    else:
        raise NoTwin(f"The model computes with {len(drawn):,} of {ROUNDS * DRAWN:,} rows drawn over its ranges alone.")
    ordinary = np.concatenate([typed[answered(typed)], drawn])
    most = min(MOST_ROWS, MOST_CELLS // len(features))
    return AskedRows(ordinary, boundary_of(estimator, features, ordinary, seed, most))


def _typed(columns: Sequence[Sequence[Value]], features: Sequence[Feature]) -> NDArray[Any]:
    typed = [typed_column(column, feature) for column, feature in zip(columns, features, strict=True)]
    rows = np.empty((len(typed[0]), len(features)), dtype=row_dtype(feature.kind for feature in features))
    for place, column in enumerate(typed):
        rows[:, place] = column
    return rows


def _texts(known: Sequence[Sequence[Value]], place: int) -> list[str]:
    return [value for row in known if isinstance(value := row[place], str)]
