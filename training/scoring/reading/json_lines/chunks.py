"""JSON Lines as chunks: each line that is not blank is a row, whatever it holds."""

import codecs
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from handler.errors.request import RequestError
from handler.records.signature import Feature
from handler.scoring.outcome import Refusal
from training.data.table.local_file import LocalFile
from training.scoring.chunk import ChunkValues
from training.scoring.reading.json_lines.kept import kept_table
from training.scoring.reading.json_lines.rows import MOST_BYTES, TOO_LONG, LineReader

LOOKED_AT = 1000
"""So many first lines show which names there are."""

ROWS_AT_ONCE = 1000

READ_BYTES = 1024 * 1024

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
        lines = self.lines.split(b"\n")[:-1]
        kept: list[tuple[Any, ...]] = []
        unread: dict[int, Refusal] = {}

        def rows_of(start: int, stop: int) -> Iterator[Any]:
            for place in range(start, stop):
                try:
                    value, row = reader.read(lines[place])
                except RequestError as error:
                    value = row = None
                    unread[place] = Refusal.of(error)
                kept.append(tuple(value.get(name) if type(value) is dict else None for name in self.keep))
                yield row

        numbers = suspect = None
        if all(feature.kind == "number" for feature in features):
            # The values of all rows as Python's would take ten times the array's memory: a row is read again.
            starts = range(0, self.count, ROWS_AT_ONCE)
            blocks = [_numbers([*rows_of(at, min(at + ROWS_AT_ONCE, self.count))], len(features)) for at in starts]
            numbers, suspect = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
            sent: Callable[[int], Any] = _Again(lines, reader, unread)
        else:
            sent = [*rows_of(0, self.count)].__getitem__
        places = np.arange(self.first, self.first + self.count, dtype=np.int64)
        return ChunkValues(places, kept_table(kept, self.keep), numbers, suspect, unread, sent)


@dataclass(frozen=True)
class _Again:
    """Gives the row at a place, None of one that is `unread`."""

    lines: Sequence[bytes]
    reader: LineReader
    unread: Mapping[int, Refusal]

    def __call__(self, place: int) -> Any:
        return None if place in self.unread else self.reader.read(self.lines[place])[1]


def lines_chunks(file: LocalFile, rows: int, keep: tuple[str, ...]) -> Iterator[LinesChunk]:
    """All rows of the file, `rows` at a time."""
    lines = _lines(file)
    number = 0
    while held := list(islice(lines, rows)):
        yield LinesChunk(number, number * rows, len(held), b"\n".join([*held, b""]), keep)
        number += 1


def lines_names(file: LocalFile) -> list[str] | None:
    """The names in the first lines, of those that are objects; None of a file without a line."""
    names: dict[str, None] = {}
    lines = list(islice(_lines(file), LOOKED_AT))
    for line in lines:
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if type(value) is dict:
            names.update(dict.fromkeys(value))
    return list(names) if lines else None


def _lines(file: LocalFile) -> Iterator[bytes]:
    """The lines that are not blank, without their ends; TOO_LONG for what is never held whole."""
    with io.BufferedReader(file.stream(), READ_BYTES) as lines:
        if lines.peek(3).startswith(codecs.BOM_UTF8):
            lines.read(3)
        while line := lines.readline(MOST_BYTES + 1):
            if len(line) > MOST_BYTES and not line.endswith(b"\n"):
                while line and not line.endswith(b"\n"):
                    line = lines.readline(MOST_BYTES)
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
