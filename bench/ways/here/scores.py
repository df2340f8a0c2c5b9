"""Ways that score a table by `python -m training score` on this machine."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.ways.asked.question import Question
from bench.ways.asked.tables import KEY, flattened, read_parts, write_csv, write_lines, write_parquet
from bench.ways.asked.way import Counted, Ground, of_rows
from ops.commands import ROOT, environment, run

Write = Callable[[Question, Path], None]
ROWS_PER_PART = 1_000
"""So that there are several parts, and each block is one of the question's."""


def from_csv(question: Question, ground: Ground) -> Counted:
    return _scored(flattened(question), ground, "rows.csv", write_csv)


def from_lines(question: Question, ground: Ground) -> Counted:
    return _scored(question, ground, "rows.jsonl", write_lines)


def from_parquet(question: Question, ground: Ground) -> Counted:
    return _scored(flattened(question), ground, "rows.parquet", write_parquet)


def resumed(question: Question, ground: Ground) -> Counted:
    """After the first run every other part is taken away, and one is cut short; `--resume` makes good."""
    with tempfile.TemporaryDirectory() as temporary:
        table, out = Path(temporary) / "rows.jsonl", Path(temporary) / "scored"
        write_lines(question, table)
        score(ground, str(table), str(out))
        for receipt in sorted((out / "receipts").glob("rows-*.json"))[::2]:
            receipt.unlink()
            (out / f"{receipt.stem}.jsonl").write_text("")
        score(ground, str(table), str(out), "--resume")
        return of_rows(question, read_parts(out, question))


def on_dask(question: Question, ground: Ground) -> Counted:
    """A cluster of two worker processes."""
    with tempfile.TemporaryDirectory() as temporary, cluster(Path(temporary)) as scheduler:
        table, out = Path(temporary) / "rows.parquet", Path(temporary) / "scored"
        write_parquet(question, table)
        score(ground, str(table), str(out), "--backend", f"dask={scheduler}")
        found = read_parts(out, flattened(question))
    return of_rows(flattened(question), found)


def score(ground: Ground, table: str, out: str, *more: str) -> None:
    """Score `table` into `out`; raises CommandFailed."""
    command = [sys.executable, "-m", "training", "score", table, "--out", out, "--model-uri", ground.uri]
    run([*command, "--keep", KEY, "--rows-per-part", str(ROWS_PER_PART), *more], env=environment())


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """A Dask scheduler and two workers, in processes of their own; gives the scheduler's address."""
    file = folder / "scheduler.address"
    with (folder / "cluster.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603 - a command of our own
            [sys.executable, "-m", "bench.ways.here.dask_cluster", str(file)],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
    try:
        yield _address(file, process)
    finally:
        process.communicate(timeout=60)


def _address(file: Path, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + 60
    while not file.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("No Dask cluster came up: is `distributed` installed? `make install` brings it.")
        time.sleep(0.1)
    return file.read_text()


def _scored(question: Question, ground: Ground, name: str, write: Write) -> Counted:
    with tempfile.TemporaryDirectory() as temporary:
        table, out = Path(temporary) / name, Path(temporary) / "scored"
        write(question, table)
        score(ground, str(table), str(out))
        found = read_parts(out, question)
    return of_rows(question, found)
