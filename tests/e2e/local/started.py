"""Keeps `sam local start-api` or `start-lambda` running while tests ask it."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from ops.commands import ROOT, SAM, environment

START_SECONDS = 60


@contextmanager
def started(command: str, options: Sequence[str], log: Path, ask: Callable[[], object]) -> Iterator[None]:
    """Run `sam local COMMAND`, with what it prints in `log`, from the time when it listens until the context ends.

    `ask` sends it a request, and raises OSError or botocore's EndpointConnectionError while nothing listens.
    """
    with (
        log.open("w") as output,
        subprocess.Popen(
            [str(SAM), "local", command, *options],
            cwd=ROOT,
            env=environment(),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            if not _listens(process, ask):
                pytest.fail(f"`sam local {command}` does not answer:\n{log.read_text()[-4000:]}")
            yield
        finally:
            process.terminate()
            process.wait(START_SECONDS)


def _listens(process: "subprocess.Popen[bytes]", ask: Callable[[], object]) -> bool:
    """Whether it listens before it ends and before START_SECONDS are over."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            ask()
        except (OSError, EndpointConnectionError):
            time.sleep(0.2)
        else:
            return True
    return False
