"""Ways that send requests from this machine to this machine."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.emulator import Emulator, find_binary
from bench.ways.asked.question import Question, event_of
from bench.ways.asked.way import Counted, Ground, of_requests
from ops.commands import ROOT, environment
from ops.http_client import HttpApi, free_port

SECONDS = 60
JSON = (("Content-Type", "application/json"),)


def by_serve(question: Question, ground: Ground) -> Counted:
    """`python -m training serve`, over HTTP."""
    with tempfile.TemporaryFile() as log, served(ground.uri, log) as api:
        return of_requests(question, posted(api, question))


def by_package(question: Question, ground: Ground) -> Counted:
    """The package that is deployed, under Lambda's own runtime interface emulator."""
    if ground.package is None:
        raise RuntimeError("This way needs a built package.")
    emulator = Emulator(
        find_binary(ROOT / ".tools/sam"),
        ROOT / ".tools/bench/bin/python",
        frozenset([min(os.sched_getaffinity(0))]),
    )
    with tempfile.TemporaryDirectory() as scratch:
        environ = {"MODEL_URI": ground.uri, "TMPDIR": scratch}
        log = Path(scratch) / "log"
        with emulator.started(ground.package, "handler.app.lambda_handler", environ, log) as started:
            given = [_answered(started.ask(_bytes(event_of(asked.body)))) for asked in question.requests]
    return of_requests(question, given)


def posted(api: HttpApi, question: Question) -> list[tuple[int, Any]]:
    """What the API at `api` answers to each request."""
    answers = [api.ask("POST", "/predict", asked.body) for asked in question.requests]
    return [(answer.status, answer.body) for answer in answers]


@contextmanager
def served(uri: str, log: Any) -> Iterator[HttpApi]:
    """`serve` in a process of its own; raises TimeoutError where it does not answer within SECONDS."""
    port = free_port()
    command = [sys.executable, "-m", "training", "serve", "--port", str(port), "--model-uri", uri]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=log, stderr=log)  # noqa: S603 - a command of our own
    try:
        api = HttpApi(f"http://127.0.0.1:{port}", headers=JSON)
        _wait_for(api)
        yield api
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(api: HttpApi) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            if api.ask("GET", "/health").status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > deadline:
            raise TimeoutError(f"serve does not answer at {api.url}.")
        time.sleep(0.1)


def _bytes(event: dict[str, Any]) -> bytes:
    return json.dumps(event).encode()


def _answered(answer: dict[str, Any]) -> tuple[int, Any]:
    return answer["statusCode"], json.loads(answer["body"])
