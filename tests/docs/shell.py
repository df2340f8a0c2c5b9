"""Runs one command after the other as a person at one prompt does: what a command sets, the next one finds.

Each command is a bash of its own, so that a failure names its line. Variables, functions and the folder are handed on.
"""

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

COLUMNS = 100
SECONDS = 900
"""The longest that one command may take: the first build of a new machine downloads the function's libraries."""

BASH = """\
if [ -e "$STATE_FILE" ]; then . "$STATE_FILE"; fi
{options}
trap '{{ declare -p | grep -Ev "^declare (-[A-Za-z]*r|[^ ]+ ({ours})=)"; declare -f
    printf "cd %q\\n" "$PWD"; }} >"$STATE_FILE"' EXIT
{command}
"""
OURS = "BASH[A-Z_]*|_|PIPESTATUS|FUNCNAME|STATE_FILE|TERM|NO_COLOR|COLUMNS|LINES|CURL_HOME"
"""Variables that are bash's, or that were set for one command alone."""

ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07]*\x07|\x1b[=>]")


@dataclass(frozen=True)
class Done:
    """How a command ended and what it printed, both streams in their order."""

    code: int
    output: str
    seconds: float


@dataclass
class Shell:
    """A prompt in `folder`. `environment` is all that it begins with; `state` is the file of what it has set since."""

    folder: Path
    environment: Mapping[str, str]
    state: Path
    groups: list[int] = field(default_factory=list)
    """The process groups that it started: a command may leave something running behind it."""

    def run(self, command: str) -> Done:
        """Run a command of a page. It fails where any part of it fails, and where curl gets an error's status."""
        script = _script(command, "set -eo pipefail")
        with tempfile.TemporaryFile() as output:
            began = time.monotonic()
            process = self._start(script, output.fileno(), {})
            try:
                code = process.wait(SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                code = -1
            seconds = time.monotonic() - began
            output.seek(0)
            said = output.read().decode(errors="replace")
        if code == -1:
            said += f"\n(It was not done within {SECONDS} s. What goes on running must be started with `&`.)"
        return Done(code, said, seconds)

    def show(self, command: str) -> Done:
        """Run a command at a terminal of COLUMNS columns without colours, and give what is seen there."""
        main, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, COLUMNS, 0, 0))
        seen = {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": str(COLUMNS), "LINES": "50", "CURL_HOME": "/nonexistent"}
        began = time.monotonic()
        try:
            process = self._start(_script(command), terminal, seen)
        finally:
            os.close(terminal)
        pieces: list[bytes] = []
        with contextlib.suppress(OSError):  # the terminal is gone once nobody writes to it
            while time.monotonic() - began < SECONDS:
                # Once the command has ended, only what lies there is read: what it left running holds the terminal.
                ended = process.poll() is not None
                if select.select([main], [], [], 0 if ended else 0.1)[0]:
                    pieces.append(os.read(main, 65536))
                elif ended:
                    break
        os.close(main)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        said = ESCAPES.sub("", b"".join(pieces).decode(errors="replace")).replace("\r\n", "\n")
        return Done(code, said, time.monotonic() - began)

    def variables(self) -> dict[str, str]:
        """What a program that is started now finds in its environment."""
        done = self.run("env -0 >&2")
        pairs = (entry.partition("=") for entry in done.output.split("\0") if "=" in entry)
        return {name: value for name, _, value in pairs}

    def end(self) -> None:
        """End what its commands left running. A stand-in for AWS has a session of its own, and stays."""
        for group in self.groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGTERM)
        self.groups.clear()

    def _start(self, script: str, output: int, more: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        variables = {**self.environment, **more, "STATE_FILE": str(self.state)}
        process = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        self.groups[:] = [group for group in self.groups if _lives(group)] + [process.pid]
        return process


def _script(command: str, options: str = "") -> str:
    return BASH.format(options=options, command=command, ours=OURS)


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
