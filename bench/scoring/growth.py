"""The memory of `score` while the table grows tenfold: the whole of its processes, again and again."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from bench.scoring import command
from bench.scoring.kinds import Kind, logistic_regression, write_table
from bench.scoring.memory import run_of

MOST_MEGABYTES: Final = 1024 * 1024 * 1024 / 1e6
"""1 GiB, for the command and all its processes together."""

MOST_GROWTH: Final = 1.25
"""What ten times the rows may take, of what the rows took before."""

SETTLED: Final = 1_000_000
"""Rows from which on a table keeps every process busy, so that more rows may take no more memory."""


@dataclass(frozen=True)
class Size:
    """What a table of so many rows of 30 numbers took: MB of 1,000,000 bytes."""

    rows: int
    table_megabytes: float
    peak: float
    processes: int
    seconds: float
    answered: int


def growth(folder: Path, sizes: Sequence[int], tell: Callable[[str], None]) -> list[Size]:
    """Score a CSV table of each of `sizes` rows; `folder` is empty, and holds one table with its answers at a time."""
    kind = logistic_regression(folder / "model")
    return [_of(rows, folder, kind, tell) for rows in sizes]


def faults(found: Sequence[Size]) -> list[str]:
    """What is not as promised, a sentence each."""
    wrong = [f"{each.rows:,} rows took {each.peak:,.0f} MB" for each in found if each.peak > MOST_MEGABYTES]
    wrong += [f"of {each.rows:,} rows {each.answered:,} were answered" for each in found if each.answered != each.rows]
    settled = [each for each in found if each.rows >= SETTLED]
    wrong += [
        f"from {less.rows:,} rows to {more.rows:,} memory grew {more.peak / less.peak:.2f} times"
        for less, more in pairwise(settled)
        if more.peak > MOST_GROWTH * less.peak
    ]
    return wrong


def text(found: Sequence[Size]) -> str:
    """The sizes for a person, as a table in Markdown."""
    lines = [
        "| rows | table | memory of all processes, at most | processes | seconds | rows a second |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.rows:,} | {each.table_megabytes:,.0f} MB | {each.peak:,.0f} MB | {each.processes} "
        f"| {each.seconds:,.1f} | {each.rows / each.seconds:,.0f} |"
        for each in found
    ]
    return "\n".join(lines)


def _of(rows: int, folder: Path, kind: Kind, tell: Callable[[str], None]) -> Size:
    table, out = folder / "table.csv", folder / "parts"
    tell(f"writing {rows:,} rows")
    write_table(table, kind.draw, rows)
    tell(f"scoring {rows:,} rows")
    run = run_of(command.ours(kind, table, out), command.environment(folder), folder)
    answered = sum(_lines(part) - 1 for part in out.glob("table-*.csv"))
    size = Size(rows, table.stat().st_size / 1e6, run.peak, run.processes, run.seconds, answered)
    table.unlink()
    shutil.rmtree(out)
    return size


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
