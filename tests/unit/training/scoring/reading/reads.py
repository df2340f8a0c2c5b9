"""Reads inputs for the tests: all rows of all chunks, each chunk as a process gets it that scores it."""

import pickle
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from handler.records.signature import Feature
from handler.scoring.outcome import Refusal
from training.data.table.source import CsvForm
from training.scoring.reading.inputs import TableInput, open_inputs

MONTHS = Feature("months", "number", nullable=True)
SPEND = Feature("spend", "number", nullable=True)
PLAN = Feature("plan", "category", nullable=True, categories=("free", "pro", "team"))
CUSTOMER = (MONTHS, SPEND, PLAN)


@dataclass
class Read:
    """What chunks gave: the counts of their rows, and of all rows the places, what is sent, what is refused and kept,
    the numbers and what is suspect."""

    counts: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)
    kept: list[dict[str, Any]] = field(default_factory=list)
    numbers: list[list[float]] = field(default_factory=list)
    suspect: list[int] = field(default_factory=list)


def read_input(table: TableInput, features: tuple[Feature, ...], rows: int = 3) -> Read:
    read = Read()
    for number, chunk in enumerate(table.chunks(rows)):
        assert chunk.number == number
        values = pickle.loads(pickle.dumps(chunk)).read(features)  # noqa: S301 - pickled right here
        first = len(read.places)
        read.counts.append(chunk.count)
        read.places += values.rows.tolist()
        read.sent += [values.sent(place) for place in range(chunk.count)]
        read.refused |= {first + place: refusal for place, refusal in values.unread.items()}
        read.kept += values.kept.to_pylist()
        assert values.kept.num_rows == chunk.count
        if values.numbers is not None and values.suspect is not None:
            read.numbers += values.numbers.tolist()
            read.suspect += (first + np.flatnonzero(values.suspect)).tolist()
    return read


def read_file(
    path: Path,
    features: tuple[Feature, ...] = CUSTOMER,
    form: CsvForm | None = None,
    keep: Sequence[str] = (),
    rows: int = 3,
) -> Read:
    (table,) = open_inputs([str(path)], form or CsvForm(), features, keep)
    return read_input(table, features, rows)


def written(path: Path, lines: Iterable[str | bytes]) -> Path:
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return path
