"""How a table is scored, by this project and by the plain loop, and what either wrote."""

import os
import sys
from pathlib import Path
from typing import Final

import pandas as pd

from bench.scoring.kinds import Kind
from packager.build import PROJECT

KEY: Final = "id"
PLAIN: Final = Path(__file__).with_name("plain.py")


def environment(folder: Path) -> dict[str, str]:
    """This process' environment without a trace of AWS; temporary files go below `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MODEL_"))}
    return {**kept, "TMPDIR": str(folder), "PYTHONPATH": str(PROJECT), "NO_COLOR": "1"}


def ours(kind: Kind, table: Path, out: Path) -> list[str]:
    """`score`, which writes parts of the table's own format into the folder `out`."""
    form = ["--format", table.suffix[1:], "--keep", KEY]
    return [sys.executable, "-m", "training", "score", str(table), "--out", str(out), "--model-uri", kind.uri, *form]


def plain(kind: Kind, table: Path, out: Path) -> list[str]:
    """The plain loop, which writes one file."""
    return [sys.executable, str(PLAIN), str(kind.fitted), str(table), str(out)]


def parts(out: Path, table: Path) -> pd.DataFrame:
    """What `score` wrote, all parts in the order of the table."""
    return pd.concat([read(part) for part in sorted(out.glob(f"{table.stem}-*{table.suffix}"))], ignore_index=True)


def differing(ours_: pd.DataFrame, plain_: pd.DataFrame) -> tuple[int, float]:
    """How many rows have another key or prediction, or none; and how far apart probabilities are at most.

    The last bits of probabilities depend on how many rows are asked at once.
    """
    if len(ours_) != len(plain_):
        return abs(len(ours_) - len(plain_)) + min(len(ours_), len(plain_)), float("inf")
    wrong = (ours_[KEY] != plain_[KEY]) | (ours_["prediction"] != plain_["prediction"])
    shares = [name for name in plain_.columns if name.startswith("probabilities.")]
    return int(wrong.sum()), float((ours_[shares] - plain_[shares]).abs().to_numpy().max())


def read(path: Path) -> pd.DataFrame:
    """One written file; its numbers have the bits that were written."""
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, float_precision="round_trip")
