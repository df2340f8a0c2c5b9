"""Runs a package with the real runtime client under Lambda's runtime interface emulator, and sends it requests.

The emulator is the binary that SAM CLI brings for `sam local`. It takes one request at a time, and begins the init
phase at the first one (aws-lambda-runtime-interface-emulator).
"""

import json
import platform
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.processes import cpu_milliseconds_of_children, free_port, running, wait_for_port

INVOKE = "/2015-03-31/functions/function/invocations"
MEMORY_MB = 1769
"""At which Lambda gives one whole vCPU (AWS Lambda Developer Guide, "Configure Lambda function memory")."""
TIMEOUT_SECONDS = 60
INIT_REPORT = re.compile(r"INIT REPORT\(durationMs: ([0-9.]+)")


@dataclass(frozen=True)
class ColdStart:
    """Milliseconds of the init phase; from the first request to its answer, the init phase included; and of CPU for all
    of that, which hardly changes when other programs run."""

    init: float
    answer: float
    cpu: float


@dataclass(frozen=True)
class Started:
    """An emulator that listens on `port` of 127.0.0.1; `pid` is its process."""

    port: int
    pid: int

    def ask(self, event: bytes) -> dict[str, Any]:
        """The function's answer to `event`; the first answer waits for the init phase. Only one request at a time."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", INVOKE, event)
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
            return answer
        finally:
            connection.close()


@dataclass(frozen=True)
class Emulator:
    """`binary` is the emulator; `python` has awslambdaric and whatever else the runtime brings; both run on `cores`."""

    binary: Path
    python: Path
    cores: frozenset[int]

    @contextmanager
    def started(self, task: Path, handler: str, environ: Mapping[str, str], log: Path) -> Iterator[Started]:
        """Run the emulator on the package in `task`, its output in `log`; at the end none of its processes is left."""
        port, runtime_port = free_port(), free_port()
        # fmt: off
        command = [
            str(self.binary), "--log-level", "info",
            "--runtime-interface-emulator-address", f"127.0.0.1:{port}",
            "--runtime-api-address", f"127.0.0.1:{runtime_port}",
            str(self.python), "-m", "awslambdaric", handler,
        ]
        # fmt: on
        with running(command, {**lambda_environment(task), **environ}, task, log, set(self.cores)) as pid:
            wait_for_port(port)
            yield Started(port, pid)

    def cold_start(self, task: Path, handler: str, environ: Mapping[str, str], event: bytes, log: Path) -> ColdStart:
        """Start the package in `task`, ask it once, and end it; raises RuntimeError unless it answers 200."""
        with self.started(task, handler, environ, log) as started:
            began = perf_counter()
            answer = started.ask(event)
            seconds = perf_counter() - began
            cpu = cpu_milliseconds_of_children(started.pid)
        if answer.get("statusCode") != 200:
            raise RuntimeError(
                f"{handler} answered {json.dumps(answer)[:500]}, not 200. Its log: {log.read_text()[-3000:]}"
            )
        reports = INIT_REPORT.findall(log.read_text())
        if len(reports) != 1:
            raise RuntimeError(f"{handler} was initialised {len(reports)} times, not once: {log.read_text()[-3000:]}")
        return ColdStart(float(reports[0]), 1000 * seconds, cpu)


def lambda_environment(task: Path) -> dict[str, str]:
    """The variables of Lambda's that a function can notice (AWS Lambda Developer Guide, "Defined runtime environment
    variables"), and some that stand in for its file system."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_SESSION_TOKEN": "testing",
        "AWS_LAMBDA_FUNCTION_NAME": "predict",
        "AWS_LAMBDA_FUNCTION_VERSION": "1",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(TIMEOUT_SECONDS),
        "LAMBDA_TASK_ROOT": str(task),
        "LD_LIBRARY_PATH": f"/lib64:/usr/lib64:{task}:{task}/lib:/opt/lib",
        # /var/task is on a read-only file system. Here the package is write-protected too, but root may write.
        "PYTHONDONTWRITEBYTECODE": "1",
        # Lambda has no /dev/shm, so joblib finds no semaphores and makes no process pools. This has the same effect.
        "JOBLIB_MULTIPROCESSING": "0",
    }


def architecture_here() -> str:
    """This machine's architecture as Lambda spells it."""
    return {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


def find_binary(sam_environment: Path) -> Path:
    """The emulator in the virtual environment of the SAM CLI; raises FileNotFoundError if it is not there."""
    name = f"aws-lambda-rie-{architecture_here()}"
    for path in sam_environment.glob(f"lib/python3*/site-packages/samcli/local/rapid/{name}"):
        return path
    raise FileNotFoundError(f"{sam_environment} holds no SAM CLI with {name}: run make sam.")
