"""The memory that a command takes together with all the processes that it starts.

It is the sum of their proportional set sizes (PSS): a page that several processes share counts once. Linux only.
"""

import re
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.processes import descendants

EVERY_SECONDS = 0.05
_PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    """How long a command took, and the most that it and its processes held at once, in MB of 1,000,000 bytes."""

    seconds: float
    peak: float
    processes: int
    """The most of them at once."""


def run_of(command: Sequence[str], environ: Mapping[str, str], folder: Path, *, watched: bool = True) -> Run:
    """Run `command` in `folder` to its end; raises RuntimeError, with what it said, where it fails.

    Where it is not `watched`, nothing but its time is taken, and nothing else runs meanwhile.
    """
    log = folder / "command.log"
    peak, processes = 0.0, 1
    with log.open("wb") as said:
        began = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - a command of our own
            command, env=dict(environ), cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        while watched and process.poll() is None:
            tree = [process.pid, *descendants(process.pid)]
            peak, processes = max(peak, sum(map(megabytes, tree))), max(processes, len(tree))
            time.sleep(EVERY_SECONDS)
        status = process.wait()
        seconds = time.perf_counter() - began
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} ended with {status}:\n{log.read_text(errors='replace')[-3000:]}")
    return Run(seconds, peak, processes)


def megabytes(pid: int) -> float:
    """The proportional set size of a process now; 0 where it is gone."""
    try:
        found = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return 0.0
    return int(found[1]) * 1024 / 1e6 if found else 0.0
