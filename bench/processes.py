"""Starts processes on chosen cores and ends them with all their children, so that none uses CPU during the next run.

The runtime emulator puts the runtime into a process group of its own, which signals to the emulator's group do not
reach. Linux only: it reads /proc.
"""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

END_SECONDS = 10.0
START_SECONDS = 30.0


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int) -> None:
    """Return once something listens on `port`; raises TimeoutError after 30 s."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"Nothing listens on 127.0.0.1:{port} after {START_SECONDS:.0f} s.")


@contextmanager
def running(
    command: Sequence[str], environ: Mapping[str, str], folder: Path, log: Path, cores: set[int]
) -> Iterator[int]:
    """Run `command` in `folder` on `cores` only, its output in `log`; at the end it and all its children are gone.

    Yields the process id.
    """
    ours = os.sched_getaffinity(0)
    # A child inherits the affinity of the thread that starts it.
    os.sched_setaffinity(0, cores)
    try:
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - a command of our own
                command, env=dict(environ), cwd=folder, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
            )
    finally:
        os.sched_setaffinity(0, ours)
    try:
        yield process.pid
    finally:
        _end(process)


def cpu_milliseconds_of_children(pid: int) -> float:
    """CPU time that the children of `pid` have used so far; the kernel counts it in ticks, mostly of 10 ms."""
    ticks = sum(int(stat[11]) + int(stat[12]) for child in descendants(pid) if (stat := _stat(child)))
    return 1000 * ticks / os.sysconf("SC_CLK_TCK")


def peak_bytes_of_children(pid: int) -> int:
    """The most memory that a child of `pid` has had resident so far."""
    peaks = [int(line.split()[1]) for child in descendants(pid) for line in _status(child) if "VmHWM" in line]
    return 1024 * max(peaks, default=0)


def _end(process: subprocess.Popen[bytes]) -> None:
    children = descendants(process.pid)
    # The emulator first, because it restarts a runtime that dies.
    process.kill()
    process.wait(END_SECONDS)
    for pid in children:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    deadline = time.monotonic() + END_SECONDS
    while alive := [pid for pid in children if _state(pid) not in ("", "Z")]:
        if time.monotonic() > deadline:
            raise TimeoutError(f"Processes {alive} of {process.args!r} do not end.")
        time.sleep(0.01)


def descendants(pid: int) -> list[int]:
    """The processes that `pid` started, and those that they started."""
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, waiting = [], [pid]
    while waiting:
        parent = waiting.pop()
        children = [child for child, its_parent in parents.items() if its_parent == parent]
        found += children
        waiting += children
    return found


def _stat(pid: int) -> list[str]:
    try:
        # The command's name, in parentheses, may hold spaces and parentheses.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _status(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _state(pid: int) -> str:
    stat = _stat(pid)
    return stat[0] if stat else ""


def _parent(pid: int) -> int:
    stat = _stat(pid)
    return int(stat[1]) if stat else 0
