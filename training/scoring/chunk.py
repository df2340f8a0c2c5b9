"""A chunk: so many rows of one input, in order, which are scored together and become one part of the output."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

    from handler.records.signature import Feature
    from handler.scoring.outcome import Refusal


@dataclass(frozen=True)
class InputTag:
    """Which input a chunk is of: its `name`, without a folder, and a `tag` that changes when its bytes do."""

    name: str
    tag: str


@dataclass(frozen=True)
class ChunkValues:
    """The rows of a chunk, read.

    `rows` are their places in the input, from 0. `kept` are the columns that are carried through, of as many rows.
    `numbers`, of shape (rows, features), are there where all features are numbers: float64, NaN for a gap, and for what
    is no number too, which `suspect` marks. `sent` gives the row at a place of the chunk as a request would have it;
    `unread` holds the places of those that cannot be read at all, with the reason: these are among `rows` and `kept`,
    they are suspect, and what `sent` gives for them is nothing to ask.
    """

    rows: NDArray[np.int64]
    kept: "pa.Table"
    numbers: NDArray[np.float64] | None
    suspect: NDArray[np.bool_] | None
    unread: "Mapping[int, Refusal]"
    sent: Callable[[int], Any]


class Chunk(Protocol):
    """Rows that are not read yet; it can be pickled, and is read where it is scored."""

    @property
    def number(self) -> int:
        """Its place among the chunks of its input, from 0."""

    @property
    def count(self) -> int:
        """How many rows it has."""

    def read(self, features: "tuple[Feature, ...]") -> ChunkValues:
        """The rows, with the values of `features` as a request would have them."""


class Input(Protocol):
    """One file of rows."""

    @property
    def tag(self) -> InputTag:
        """Its name and the tag of its bytes; a large file is read for it."""

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """All of its rows, `rows` at a time; raises InvalidTable."""
