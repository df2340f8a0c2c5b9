"""Asks the same rows each way that there is, and prints how many answers differ from POST /predict's.

    python -m bench.ways [--rows N] [--only WAY …]

Two models are asked: one of 30 numbers, and one of numbers with gaps, texts, codes and booleans. Some rows are such as
POST /predict refuses. The reference is the application itself, in this process. Deployed ways run in a stand-in for AWS
that is deployed once. Answers of ONNX Runtime are not here: they are close to those of scikit-learn, and not the same
bits (`docs/onnx.md` says how close). Ends with 1 where an answer differs.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.ways.asked.models import MODELS
from bench.ways.asked.question import Question, question
from bench.ways.asked.way import Counted, Ground, Way
from bench.ways.deployed.stack import built, deployed
from bench.ways.every import WAYS
from ops.commands import step

SHELLS_OWN = ("OPENBLAS_", "OMP_", "MKL_")


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask as the command line says; 1 where an answer differs."""
    parser = argparse.ArgumentParser(prog="python -m bench.ways", description="Ask the same rows each way.")
    parser.add_argument("--rows", type=int, default=2_500, help="sound rows of each model (default: 2500)")
    words = [way.word for way in WAYS]
    parser.add_argument(
        "--only", metavar="WAY", nargs="+", choices=words, default=words, help=f"ask only these of {', '.join(words)}"
    )
    options = parser.parse_args(arguments)
    ways = [way for way in WAYS if way.word in options.only]
    with tempfile.TemporaryDirectory(prefix="ways-") as temporary:
        found = asked(ways, Path(temporary), options.rows)
    print(table(found))
    return int(any(each is None or each.differ for each in found.values()))


def asked(ways: Sequence[Way], folder: Path, rows: int) -> dict[Way, Counted | None]:
    """What all models together say each way; None where a way failed, which is told."""
    found: dict[Way, Counted | None] = {way: Counted(0, 0) for way in ways}
    needs = {way.needs for way in ways}
    project = folder / "project"
    project.mkdir()
    with ExitStack() as ended:
        package = built(project) if needs & {"package", "stack"} else None
        cloud = ended.enter_context(deployed(project, folder / "aws")) if "stack" in needs else None
        for make in MODELS:
            with step(f"{make.__name__}: packaging and asking POST /predict"):
                model = make(folder / make.__name__)
                wanted = question(model.uri, model.sound(rows), model.refused)
            if cloud:
                cloud.serve(model.folder)
            ground = Ground(model.uri, model.folder, package, cloud)
            for way in ways:
                counted = _tried(way, wanted, ground)
                so_far = found[way]
                found[way] = so_far + counted if so_far and counted else None
    return found


def table(found: dict[Way, Counted | None]) -> str:
    """The ways for a person, as a table in Markdown."""
    lines = [
        "| way | what ran | the command that repeats it | rows asked | answers that differ from `/predict` |",
        "|---|---|---|---|---|",
    ]
    for way, counted in found.items():
        said = f"{counted.rows:,} | {counted.differ:,}" if counted else "- | it failed"
        lines.append(f"| {way.name} | {way.component} | `make same-answers ONLY={way.word}` | {said} |")
    return "\n".join(lines)


def _tried(way: Way, wanted: Question, ground: Ground) -> Counted | None:
    try:
        with step(way.name):
            counted = way.ask(wanted, ground)
    except Exception as error:  # noqa: BLE001 - the other ways are asked all the same, and the table says that it failed
        print(f" failed: {type(error).__name__}: {error}", file=sys.stderr)
        return None
    if counted.first:
        print(counted.first, file=sys.stderr)
    return counted


if __name__ == "__main__":
    # Functions do not have these variables of a person's shell, and other kernels of OpenBLAS give other last bits.
    if any(name.startswith(SHELLS_OWN) for name in os.environ):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(SHELLS_OWN)}
        os.execve(sys.executable, [sys.executable, "-m", "bench.ways", *sys.argv[1:]], kept)  # noqa: S606 - this very program
    sys.exit(main())
