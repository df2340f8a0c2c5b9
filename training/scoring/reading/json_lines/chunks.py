"""JSON Lines as chunks: each line that is not blank is a row, whatever it holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from handler.errors.request import RequestError
from handler.records.signature import Feature
from handler.scoring.outcome import Refusal
from training.scoring.chunk import ChunkValues
from training.scoring.reading.json_lines.kept import kept_table
from training.scoring.reading.json_lines.rows import MOST_BYTES, TOO_LONG, LineReader

LOOKED_AT = 1000
"""So many first lines show which names there are."""

NUMBERS = frozenset({int, float, type(None)})


@dataclass(frozen=True)
class LinesChunk:
    """Rows of a file from the place `first` on: their lines, each with its end."""

    number: int
    first: int
    count: int
    lines: bytes
    keep: tuple[str, ...]

    def read(self, features: tuple[Feature, ...]) -> ChunkValues:
        """The rows as the lines have them: no text becomes a number."""
        reader = LineReader(features, self.keep)
        rows: list[Any] = []
        kept: list[dict[str, Any]] = []
        unread: dict[int, Refusal] = {}
        for place, line in enumerate(self.lines.split(b"\n")[:-1]):
            try:
                value, row = reader.read(line)
            except RequestError as error:
                value = row = None
                unread[place] = Refusal.of(error)
            rows.append(row)
            kept.append(value if self.keep and type(value) is dict else {})
        numbers = suspect = None
        if all(feature.kind == "number" for feature in features):
            numbers, suspect = _numbers(rows, len(features))
        places = np.arange(self.first, self.first + self.count, dtype=np.int64)
        return ChunkValues(places, kept_table(kept, self.keep), numbers, suspect, unread, rows.__getitem__)


def lines_chunks(path: Path, rows: int, keep: tuple[str, ...]) -> Iterator[LinesChunk]:
    """All rows of the file, `rows` at a time."""
    lines = _lines(path)
    number = 0
    while held := list(islice(lines, rows)):
        yield LinesChunk(number, number * rows, len(held), b"\n".join([*held, b""]), keep)
        number += 1


def lines_names(path: Path) -> list[str] | None:
    """The names in the first lines, of those that are objects; None of a file without a line."""
    names: dict[str, None] = {}
    lines = list(islice(_lines(path), LOOKED_AT))
    for line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if type(value) is dict:
            names.update(dict.fromkeys(value))
    return list(names) if lines else None


def _lines(path: Path) -> Iterator[bytes]:
    """The lines that are not blank, without their ends; TOO_LONG for what is never held whole."""
    with path.open("rb") as file:
        file.seek(3 if file.read(3) == b"\xef\xbb\xbf" else 0)  # a byte order mark
        while line := file.readline(MOST_BYTES + 1):
            if len(line) > MOST_BYTES and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = file.readline(MOST_BYTES)
                yield TOO_LONG
            elif line := line.strip():
                yield line


def _numbers(rows: Sequence[Any], width: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The values of rows that are numbers and gaps alone; all others are suspect, and NaN."""
    alike = all(type(row) is list and len(row) == width for row in rows)
    if alike and NUMBERS.issuperset(map(type, chain.from_iterable(rows))):
        return np.array(rows, dtype=np.float64).reshape(-1, width), np.zeros(len(rows), dtype=np.bool_)
    numbers = np.full((len(rows), width), np.nan)
    sound = [type(row) is list and len(row) == width and NUMBERS.issuperset(map(type, row)) for row in rows]
    places = np.flatnonzero(sound)
    if len(places):
        numbers[places] = np.array([rows[place] for place in places.tolist()], dtype=np.float64)
    return numbers, ~np.array(sound, dtype=np.bool_)
