"""An input in memory: rows that a test lists, some of which cannot be read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from handler.records.signature import Feature
from handler.scoring.outcome import Refusal
from training.scoring.chunk import ChunkValues, InputTag
from training.scoring.made import Scored
from training.scoring.writing.job import Part

GOOD = [5.1, 3.5, 1.4, 0.2]
BAD = [5.1, "wide", 1.4, 0.2]
UNREAD = Refusal(400, "invalid_json", "The line is no JSON.")


@dataclass(frozen=True)
class ListedChunk:
    number: int
    first: int
    rows: Sequence[Any]

    @property
    def count(self) -> int:
        return len(self.rows)

    def read(self, features: tuple[Feature, ...]) -> ChunkValues:  # noqa: ARG002 - the rows are as they are
        places = np.arange(self.first, self.first + self.count)
        unread = {place: UNREAD for place, row in enumerate(self.rows) if row is None}
        kept = pa.table({"id": [f"r{place}" for place in places]})
        return ChunkValues(places, kept, None, None, unread, self.rows.__getitem__)


@dataclass(frozen=True)
class ListedInput:
    """An input of this name and these rows; None is one that cannot be read."""

    name: str
    rows: Sequence[Any]
    mark: str = "1"

    @property
    def tag(self) -> InputTag:
        return InputTag(self.name, self.mark)

    def chunks(self, rows: int) -> Iterator[ListedChunk]:
        for number, first in enumerate(range(0, len(self.rows), rows)):
            yield ListedChunk(number, first, self.rows[first : first + rows])


@dataclass
class Told:
    """A scorer that scores nothing: each part is the numbers of its rows. `seen` are the parts that it was given."""

    stops_after: int | None = None
    refused: Mapping[str, int] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def run(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Scored]]:
        for part in parts:
            if len(self.seen) == self.stops_after:
                raise KeyboardInterrupt
            self.seen.append(part.name)
            made = f"{part.tag.name} {part.tag.tag} {part.chunk.number} {part.chunk.count}".encode()
            yield part, Scored(made, b"refused" if self.refused else None, part.chunk.count, dict(self.refused), 0.5)
