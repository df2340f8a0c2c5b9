"""Prints the peaks of anonymous memory for forests of several sizes, on S3 and on a directory, beside another checkout.

    python -m bench.memory [--sizes MB …] [--also NAME=CHECKOUT …] [--json]

`function` is a process that loads the model in its init phase and answers one request; `publish` is the command
`publish --promote`, which proves the model, uploads it and proves it again; `proof` is the largest of the processes
that do so for it. S3 is moto on a socket of this machine, in a process that is not measured.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.memory.forests import EVENT, compressed, train_forest
from bench.memory.peaks import peak_of
from bench.registry import BUCKET, s3_on_loopback
from packager.build import PROJECT

SIZES = (1, 50, 262)
ANSWER = Path(__file__).with_name("answer_once.py")
FACTOR, BASE = 1.3, 200
"""The bound for an artifact that is not compressed: so many times its size, and so many MB."""


@dataclass(frozen=True)
class Row:
    """One artifact in one place by one checkout; all in MB."""

    code: str
    artifact: float
    compressed: bool
    place: str
    function: float
    publish: float
    proof: float

    @property
    def bound(self) -> float | None:
        return None if self.compressed else FACTOR * self.artifact + BASE


def main() -> int:
    """Measure as the command line says; 1 where our function takes more than its bound."""
    arguments = _arguments()
    checkouts = {"ours": PROJECT, **dict(arguments.also)}
    rows = []
    with tempfile.TemporaryDirectory() as folder, s3_on_loopback(Path(folder), os.sched_getaffinity(0)) as environ:
        scratch = Path(folder)
        for size in arguments.sizes:
            forest = train_forest(size, scratch)
            for trained in (forest, compressed(forest)):
                for row in _measured(trained, checkouts, environ, scratch):
                    rows.append(row)
                    print(_line(row), file=sys.stderr, flush=True)
    print(json.dumps([asdict(row) for row in rows], indent=2) if arguments.json else table(rows))
    over = [row for row in rows if row.code == "ours" and row.bound is not None and row.function > row.bound]
    return 1 if over else 0


def _measured(trained: Path, checkouts: Mapping[str, Path], environ: Mapping[str, str], scratch: Path) -> Iterator[Row]:
    megabytes = (trained / "model.joblib").stat().st_size / 1e6
    for place, root in (("directory", str(scratch / "registries")), ("S3", f"s3://{BUCKET}")):
        for name, checkout in checkouts.items():
            uri = f"{root}/{name}/{trained.name}"
            ours = {**os.environ, **environ, "MODEL_URI": uri}
            command = [sys.executable, "-m", "training", "publish", str(trained), "--promote"]
            published = peak_of(command, ours, checkout)
            # Sets the variable that says that this is Lambda's process.
            on_lambda = {**ours, "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
            with tempfile.TemporaryDirectory(dir=scratch) as temporary:
                answered = peak_of(
                    [sys.executable, str(ANSWER)], {**on_lambda, "TMPDIR": temporary}, checkout, standard_input=EVENT
                )
            is_compressed = trained.name.endswith("compressed")
            yield Row(name, megabytes, is_compressed, place, answered.own, published.own, published.children)


def table(rows: list[Row]) -> str:
    """The rows as a table of Markdown, in MB."""
    head = "| code | artifact | place | function | bound | publish | proof |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *map(_line, rows)])


def _line(row: Row) -> str:
    artifact = f"{row.artifact:.1f}" + (", compressed" if row.compressed else "")
    bound = "-" if row.bound is None else f"{row.bound:.0f}"
    peaks = f"{row.function:.0f} | {bound} | {row.publish:.0f} | {row.proof:.0f}"
    return f"| {row.code} | {artifact} | {row.place} | {peaks} |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.memory", description="Measure peaks of anonymous memory.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="MB", help="sizes of the forests")
    parser.add_argument("--also", type=_named_checkout, action="append", default=[], metavar="NAME=CHECKOUT")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser.parse_args()


def _named_checkout(text: str) -> tuple[str, Path]:
    name, separator, folder = text.partition("=")
    if not separator or not Path(folder, "handler", "app.py").is_file():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=CHECKOUT with a folder of this project")
    return name, Path(folder)


if __name__ == "__main__":
    sys.exit(main())
