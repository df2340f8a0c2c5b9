"""A chunk as it is uploaded, and the event by which the function is told of it.

The kept columns stay here: what the function writes is put together with them again by the places of the rows.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from handler.registry.manifest import sha256
from handler.scoring.chunk import Item
from handler.scoring.lines import chunk_lines
from handler.scoring.outcome import Refusal
from training.scoring.chunk import ChunkValues
from training.scoring.on_aws.bucket import JobFolder
from training.scoring.running.version import Chosen
from training.scoring.writing.job import Part

COMPRESSION = 1
"""The fastest: numbers as text lose most of their length by it, and a higher one takes three times as long."""


@dataclass(frozen=True)
class Names:
    """What the objects of one part are called within the job's folder."""

    chunk: str
    part: str
    refused: str
    receipt: str

    @classmethod
    def of(cls, part: Part) -> "Names":
        lines = f"{part.name}.jsonl.gz"
        return cls(f"chunks/{lines}", f"parts/{lines}", f"refused/{lines}", f"receipts/{part.name}.json")


def item_of(part: Part, data: bytes, chosen: Chosen, folder: JobFolder) -> Item:
    """What the function is told of `part`, whose chunk has the bytes `data`."""
    names = Names.of(part)
    return Item(
        chunk=folder.relative(names.chunk),
        sha256=sha256(data),
        part=folder.relative(names.part),
        refused=folder.relative(names.refused),
        receipt=folder.relative(names.receipt),
        version=chosen.version,
        manifest_sha256=chosen.manifest_sha256,
    )


def line_of(item: Item) -> bytes:
    """Its line in the list of chunks, which the function gets as its event."""
    return json.dumps(asdict(item), ensure_ascii=False).encode() + b"\n"


def packed(values: ChunkValues) -> bytes:
    """The rows as gzip JSON Lines. The same rows give the same bytes."""
    return gzip.compress(chunk_lines(_lines(values)), COMPRESSION, mtime=0)


def _lines(values: ChunkValues) -> Iterator[tuple[int, dict[str, Any], Any | Refusal]]:
    """Each row with its place. The kept columns are left out."""
    rows = values.rows.tolist()
    numbers: list[Any] | None = None
    plain: Any = ()
    if values.numbers is not None and values.suspect is not None:
        # Of these the numbers are what a request would have, and much faster to come by than one row at a time.
        plain = ~values.suspect & np.isfinite(values.numbers).all(axis=1)
        numbers = values.numbers.tolist()
    for place, row in enumerate(rows):
        if (refusal := values.unread.get(place)) is not None:
            yield row, {}, refusal
        else:
            yield row, {}, numbers[place] if numbers is not None and plain[place] else values.sent(place)
