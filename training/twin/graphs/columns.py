"""What flows through a graph before its model: columns of numbers, and columns of few values that are known by place.

A category has few values. So it is a tensor of places in a list of them, and what a step makes of it is a list of other
values: the step itself is asked for them, and the graph only looks them up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Numbers:
    """`width` columns of float64: the tensor `name`, of shape (rows, width)."""

    name: str
    width: int


@dataclass(frozen=True)
class Symbols:
    """One column of few values: `place` is a tensor of int64, of shape (rows,), and `values` has a value for each.

    `spare` says that the last two stand for every other value: a step must make the same of both.
    """

    place: str
    values: NDArray[Any]
    spare: bool

    @property
    def width(self) -> int:
        return 1


@dataclass(frozen=True)
class Texts:
    """One column of free texts, which only some steps take."""

    name: str

    @property
    def width(self) -> int:
        return 1


Piece = Numbers | Symbols | Texts


@dataclass(frozen=True)
class Columns:
    """The columns in their order, in pieces; `rows` is a tensor that has as many rows, whatever it holds."""

    pieces: tuple[Piece, ...]
    rows: str

    @property
    def width(self) -> int:
        return sum(piece.width for piece in self.pieces)

    def of(self, pieces: Sequence[Piece]) -> "Columns":
        """Other columns for the same rows."""
        return Columns(tuple(pieces), self.rows)

    def at(self, position: int) -> tuple[Piece, int]:
        """The piece that has the column, and where in it."""
        for piece in self.pieces:
            if position < piece.width:
                return piece, position
            position -= piece.width
        raise IndexError(position)


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """A column of values of any kind."""
    column = np.empty(len(values), dtype=object)
    column[:] = list(values)
    return column
