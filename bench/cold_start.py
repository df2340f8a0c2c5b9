"""Compares cold starts of this project's package with plain `sam build`s of the same handler and two bare functions.

    python -m bench.cold_start [--runs N] [--also NAME=FOLDER …] [--at-most RATIO] [--json]

They take turns, so that other work on the machine affects all alike. A first round, which reads the disk, is not
counted. The function has one core, as on Lambda at 1769 MB; S3 has the others. Each package is unzipped read-only with
dates of 1980; if one changed during the benchmark, its later runs were not cold, and the benchmark fails. `--also`
takes further package folders, such as one from before a change.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bench.emulator import ColdStart, Emulator, architecture_here, find_binary
from bench.packages import REFERENCE, Contender, bare, deployed, ours, plain
from bench.registry import published, published_by_tls
from packager.build import PROJECT
from packager.tree import files_of

EVENT = PROJECT / "events" / "predict_features.json"
RUNS = 11


def measure(
    contenders: list[Contender], emulator: Emulator, environ: Mapping[str, str], runs: int, scratch: Path
) -> dict[str, list[ColdStart]]:
    """Measure `runs` cold starts of each, in turn."""
    event = EVENT.read_bytes()
    measured: dict[str, list[ColdStart]] = {contender.name: [] for contender in contenders}
    before = {contender.name: _listing(contender.task) for contender in contenders}
    for turn in range(runs + 1):
        for contender in contenders:
            log = scratch / f"{contender.task.name}.log"
            variables = {**environ, **contender.environ}
            cold_start = emulator.cold_start(contender.task, contender.handler, variables, event, log)
            if turn:
                measured[contender.name].append(cold_start)
        _progress(turn, runs)
    for contender in contenders:
        if _listing(contender.task) != before[contender.name]:
            raise RuntimeError(f"{contender.name} wrote into its own package: not all of its runs were cold.")
    return measured


def summarise(measured: Mapping[str, list[ColdStart]]) -> dict[str, dict[str, float]]:
    """The medians in milliseconds, the spread of the init phase, and each median's ratio to the plain package's.

    The paired ratio is the median of the init phases' ratios in each round, which what slows a whole round leaves out.
    """
    reference = _medians(measured[REFERENCE])
    summary = {}
    for name, runs in measured.items():
        medians = _medians(runs)
        summary[name] = {
            **{f"{what}_ms": round(value, 1) for what, value in medians.items()},
            **{f"{what}_ratio": round(value / reference[what], 3) for what, value in medians.items()},
            "init_paired_ratio": round(_paired(runs, measured[REFERENCE]), 3),
            "init_min_ms": round(min(run.init for run in runs), 1),
            "init_max_ms": round(max(run.init for run in runs), 1),
        }
    return summary


def table(summary: Mapping[str, Mapping[str, float]], runs: int) -> str:
    """The summary for a person."""
    lines = [
        f"Cold starts, median of {runs} in turn; ratios to a plain sam build without handler.coldstart.init_phase",
        f"{'':20} {'init':>8} {'(min … max)':>15} {'ratio':>6} {'paired':>6} "
        f"{'answer':>8} {'ratio':>6} {'CPU':>8} {'ratio':>6}",
    ]
    for name, row in summary.items():
        spread = f"({row['init_min_ms']:.0f} … {row['init_max_ms']:.0f})"
        lines.append(
            f"{name:20} {row['init_ms']:5.0f} ms {spread:>15} {row['init_ratio']:6.3f} {row['init_paired_ratio']:6.3f} "
            f"{row['answer_ms']:5.0f} ms {row['answer_ratio']:6.3f} {row['cpu_ms']:5.0f} ms {row['cpu_ratio']:6.3f}"
        )
    return "\n".join(lines)


def main() -> int:
    """Measure as the command line says; 0, or 1 where our init phase is above `--at-most`."""
    arguments = _arguments()
    cores = sorted(os.sched_getaffinity(0))
    others = set(cores[1:] or cores)
    architecture = architecture_here()
    python = arguments.runtime / "bin" / "python"
    emulator = Emulator(find_binary(arguments.sam), python, frozenset(cores[:1]))
    with (
        tempfile.TemporaryDirectory() as folder,
        published(Path(folder), others) as environ,
        published_by_tls(Path(folder), others, environ) as by_tls,
    ):
        scratch = Path(folder)
        our_package = ours(scratch, architecture)
        contenders = [
            our_package,
            ours(scratch, architecture, "onnx"),
            replace(our_package, name="ours, S3 by TLS", environ=by_tls),
            *plain(scratch, architecture, arguments.sam / "bin" / "sam", python),
            bare("reads one S3 object", "one_object", scratch),
            bare("hello", "hello", scratch),
            *(deployed(name, tree, scratch) for name, tree in arguments.also),
        ]
        summary = summarise(measure(contenders, emulator, environ, arguments.runs, scratch))
    print(json.dumps(summary, indent=2) if arguments.json else table(summary, arguments.runs))
    ratio = summary["ours"]["init_ratio"]
    if arguments.at_most is not None and ratio > arguments.at_most:
        print(
            f"Our init phase takes {ratio:.3f} of the plain one's, more than {arguments.at_most}.",
            file=sys.stderr,
        )
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.cold_start", description="Measure cold starts.")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"cold starts of each package; {RUNS} by default")
    parser.add_argument("--also", type=_named_folder, action="append", default=[], metavar="NAME=FOLDER")
    parser.add_argument("--at-most", type=float, metavar="RATIO", help="fail above this ratio of init phases")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    tools = PROJECT / ".tools"
    parser.add_argument("--sam", type=Path, default=tools / "sam", help="virtual environment with SAM CLI")
    parser.add_argument(
        "--runtime", type=Path, default=tools / "bench", help="virtual environment of bench/requirements.txt"
    )
    return parser.parse_args()


def _named_folder(text: str) -> tuple[str, Path]:
    name, separator, folder = text.partition("=")
    if not separator or not Path(folder).is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=FOLDER with a folder that exists")
    return name, Path(folder)


def _medians(runs: list[ColdStart]) -> dict[str, float]:
    return {what: statistics.median(getattr(run, what) for run in runs) for what in ("init", "answer", "cpu")}


def _paired(runs: list[ColdStart], reference: list[ColdStart]) -> float:
    return statistics.median(run.init / plain.init for run, plain in zip(runs, reference, strict=True))


def _listing(tree: Path) -> list[tuple[str, int, float]]:
    return [(str(path), path.stat().st_size, path.stat().st_mtime) for path in files_of(tree)]


def _progress(turn: int, runs: int) -> None:
    if sys.stderr.isatty():
        print(f"\rround {turn} of {runs}", end="\n" if turn == runs else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
