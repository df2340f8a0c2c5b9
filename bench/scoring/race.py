"""`score` beside the plain loop: both score the same table with the same model, in turn."""

import shutil
import statistics
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.scoring import command
from bench.scoring.kinds import KINDS, Kind, write_table
from bench.scoring.memory import run_of

RACES: Final = (
    (KINDS[0], "csv"),
    (KINDS[0], "parquet"),
    (KINDS[1], "csv"),
    (KINDS[1], "parquet"),
    (KINDS[2], "csv"),
    (KINDS[3], "csv"),
    (KINDS[3], "parquet"),
)
"""Which model, and the format of the table and of the answers."""

APART: Final = 1e-9
"""How far apart probabilities may be."""


@dataclass(frozen=True)
class Race:
    """Rows a second, medians; the whole command counts, from its start to its end."""

    model: str
    format: str
    rows: int
    ours: float
    plain: float
    differ: int
    apart: float

    @property
    def is_wrong(self) -> bool:
        """Whether an answer is not that of the plain loop."""
        return bool(self.differ) or not self.apart <= APART


def races(folder: Path, rows: int, runs: int, models: Collection[str], tell: Callable[[str], None]) -> list[Race]:
    """Each model of RACES that `models` names is asked about a table of `rows` rows, `runs` times in turn; `folder` is
    empty."""
    kinds: dict[Callable[[Path], Kind], Kind] = {}
    found = []
    for make, suffix in RACES:
        if make.__name__ not in models:
            continue
        if make not in kinds:
            kinds[make] = make(folder / str(len(kinds)))
        tell(f"{kinds[make].name}, {suffix}")
        found.append(race(kinds[make], folder, f"{make.__name__}.{suffix}", rows, runs))
    return found


def race(kind: Kind, folder: Path, name: str, rows: int, runs: int) -> Race:
    """Score the table `name` by both, `runs` times in turn, and compare what the last run wrote."""
    table, out, written = folder / name, folder / "parts", folder / f"plain-{name}"
    write_table(table, kind.draw, rows)
    environ = command.environment(folder)
    taken: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(runs):
        shutil.rmtree(out, ignore_errors=True)
        written.unlink(missing_ok=True)
        taken["ours"].append(run_of(command.ours(kind, table, out), environ, folder, watched=False).seconds)
        taken["plain"].append(run_of(command.plain(kind, table, written), environ, folder, watched=False).seconds)
    differ, apart = command.differing(command.parts(out, table), command.read(written))
    shutil.rmtree(out)
    table.unlink()
    written.unlink()
    ours, plain = (rows / statistics.median(seconds) for seconds in taken.values())
    return Race(kind.name, table.suffix[1:], rows, ours, plain, differ, apart)


def text(found: Sequence[Race]) -> str:
    """The races for a person, as a table in Markdown."""
    lines = [
        "| model | format | rows | `score`, rows a second | plain loop | times as fast | predictions that differ "
        "| probabilities apart, at most |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {each.model} | {each.format} | {each.rows:,} | {each.ours:,.0f} | {each.plain:,.0f} "
        f"| {each.ours / each.plain:.1f} | {each.differ} | {each.apart:.0e} |"
        for each in found
    ]
    return "\n".join(lines)
