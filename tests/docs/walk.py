"""The README's way from a fitted model to a URL, as a new user goes it: in a fresh copy, with nothing but the README.

What each step took is kept as a transcript.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ops import aws_stand_in
from ops.http_client import free_port
from tests.docs.checkout import checkout, make_commands
from tests.docs.fences import ROOT, fences_of
from tests.docs.reader import Reader, SampleFailed, Step
from tests.docs.shell import Shell

BEGINNING: Final = Path(os.environ.get("WALK_PAGE", ROOT / "README.md"))
"""The page that the walk follows; another one is for trying out."""

CURLRC: Final = "fail-with-body\nno-progress-meter\n"
"""For curl, in a reader's home: an answer of 400 or more fails the command that asked for it."""

NEEDED: Final = ("MODEL_URI", "API_URL", "API_KEY", "STACK_NAME", "AWS_ENDPOINT_URL")
"""What the page leaves in the reader's shell, and the other pages use."""


@dataclass(frozen=True)
class Walk:
    """The end of the way: a deployed model, the reader before it, and the steps that led there."""

    reader: Reader
    variables: dict[str, str]
    steps: list[Step]


def transcript(steps: list[Step]) -> str:
    """Each step of the way with its seconds and what it printed."""
    told = [f"[{step.seconds:6.1f} s] $ {step.text}\n{step.output}" for step in steps]
    return "\n".join([*told, f"[{sum(step.seconds for step in steps):6.1f} s] in all, in {len(steps)} steps\n"])


@contextmanager
def walked(folder: Path) -> Iterator[Walk]:
    """Go the way below `folder`; what runs at its end is ended with this context. Raises SampleFailed.

    With WALK_KEPT=FOLDER the way is gone there, is left as it is, and is not gone again while its stand-in runs: for
    who writes a page.
    """
    kept = os.environ.get("WALK_KEPT")
    if kept:
        folder = Path(kept).resolve()
        folder.mkdir(parents=True, exist_ok=True)
    place = folder / "sklearn-on-lambda"
    stand_in = place / ".aws-sam/local-cloud"
    try:
        if aws_stand_in.find(stand_in):
            reader, steps = _reader(folder), list[Step]()
        else:
            shutil.rmtree(folder)
            folder.mkdir()
            reader, steps = _go(folder)
        variables = reader.shell.variables()
        missing = [name for name in NEEDED if name not in variables]
        if missing or aws_stand_in.find(stand_in) is None:
            raise SampleFailed(f"At the end of {BEGINNING.name} no stack answers the shell, which lacks {missing}.")
        yield Walk(reader, variables, steps)
        reader.finish()
    finally:
        running = aws_stand_in.find(stand_in)
        if running and not kept:
            running.stop()


def _go(folder: Path) -> tuple[Reader, list[Step]]:
    place = folder / "sklearn-on-lambda"
    checkout(place)
    (folder / "home").mkdir()
    (folder / "home/.curlrc").write_text(CURLRC)
    make_commands(folder / "commands", place)
    # A reader's machine has nothing on this port; a machine with tests may.
    (folder / "port").write_text(str(free_port()))
    reader = _reader(folder)
    steps = reader.follow(fences_of(BEGINNING))
    if not steps:
        raise SampleFailed(f"{BEGINNING.name} has no block that is run.")
    if wanted := os.environ.get("WALK_TRANSCRIPT"):
        Path(wanted).write_text(transcript(steps))
    return reader, steps


def _reader(folder: Path) -> Reader:
    environment = {
        "HOME": str(folder / "home"),
        "PATH": f"{folder / 'commands'}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "CLOUD_PORT": (folder / "port").read_text(),
    }
    return Reader(Shell(folder / "sklearn-on-lambda", environment, folder / "state"))
