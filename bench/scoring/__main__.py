"""Measures `score`, and fails where an answer is wrong or memory is not flat.

    python -m bench.scoring [--rows N] [--race-rows N] [--runs N] [--models MODEL …] [--only race|memory]

First it races a plain loop of pandas and joblib, on the same tables and models, in turn. Then it scores tables of
100,000 rows and more of 30 numbers, each ten times as long as the one before, up to `--rows`, and adds up the memory of
all processes. 10,000,000 rows take about 6 GB below TMPDIR, which are given back. Linux only.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bench.scoring import growth, race
from bench.scoring.kinds import KINDS

FIRST: Final = 100_000


def sizes(most: int) -> list[int]:
    """Tenfold steps from FIRST to `most`, which is the last."""
    found = []
    while most > FIRST:
        found.append(most)
        most //= 10
    return [FIRST, *reversed(found)]


def tell(what: str) -> None:
    print(f"{what} …", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure as the command line says; 1 where something is not as promised."""
    parser = argparse.ArgumentParser(prog="python -m bench.scoring", description="Measure `score`.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="of the longest table (default: 1000000)")
    parser.add_argument("--race-rows", type=int, default=500_000, help="of the tables of the race (default: 500000)")
    parser.add_argument("--runs", type=int, default=3, help="of each contender of the race (default: 3)")
    models = [kind.__name__ for kind in KINDS]
    parser.add_argument("--models", nargs="+", choices=models, default=models, help="race only these models")
    parser.add_argument("--only", choices=["race", "memory"], help="do this half alone")
    options = parser.parse_args(arguments)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory(prefix="bench-scoring-") as temporary:
        if options.only != "memory":
            folder = Path(temporary) / "race"
            folder.mkdir()
            raced = race.races(folder, options.race_rows, options.runs, options.models, tell)
            print(f"{race.text(raced)}\n", flush=True)
            wrong += [f"answers of {each.model}, {each.format}, are others" for each in raced if each.is_wrong]
        if options.only != "race":
            folder = Path(temporary) / "memory"
            folder.mkdir()
            grown = growth.growth(folder, sizes(options.rows), tell)
            print(f"{growth.text(grown)}\n", flush=True)
            wrong += growth.faults(grown)
    for each in wrong:
        print(f"WRONG: {each}", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
