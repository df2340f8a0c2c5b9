"""Runs a command, and finds the most anonymous memory that it and the processes it starts have at any moment.

Anonymous memory (RssAnon of /proc/PID/status, see proc(5)) is what the kernel cannot take back: pages of a mapped file
are in the page cache, and leave it when memory is short. The kernel keeps no highest value of it, so it is read every
millisecond. Linux only.
"""

import re
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY_SECONDS = 0.001
_ANONYMOUS = re.compile(r"^RssAnon:\s+(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Peak:
    """In MB of 1,000,000 bytes: the highest of the command's own process, and of any one that it started."""

    own: float
    children: float


def peak_of(command: Sequence[str], environ: Mapping[str, str], folder: Path, standard_input: str = "") -> Peak:
    """Run `command` in `folder` to its end; raises RuntimeError, with what it said, where it fails."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
        given.write(standard_input)
        given.seek(0)
        process = subprocess.Popen(  # noqa: S603 - a command of our own
            command, env=dict(environ), cwd=folder, stdin=given, stdout=subprocess.DEVNULL, stderr=said
        )
        own = children = 0.0
        while process.poll() is None:
            own = max(own, anonymous_megabytes(process.pid))
            children = max([children, *map(anonymous_megabytes, _children(process.pid))])
            time.sleep(EVERY_SECONDS)
        if process.returncode != 0:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{said.read()[-3000:]}")
    return Peak(own, children)


def anonymous_megabytes(pid: int) -> float:
    """The anonymous memory of a process now; 0 where it is gone."""
    try:
        found = _ANONYMOUS.search(Path(f"/proc/{pid}/status").read_text())
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def _children(pid: int) -> list[int]:
    """The processes that any thread of `pid` started. One that is no other program yet shares the memory of `pid`."""
    found: list[int] = []
    try:
        ours = Path(f"/proc/{pid}/cmdline").read_bytes()
        for listed in Path(f"/proc/{pid}/task").glob("*/children"):
            started = [int(number) for number in listed.read_text().split()]
            found += [number for number in started if Path(f"/proc/{number}/cmdline").read_bytes() != ours]
    except (FileNotFoundError, ProcessLookupError):
        pass  # one of them ended just now
    return found
