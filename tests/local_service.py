"""`python -m training serve` in a process of its own, for the suites that need a service to talk to."""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

PROJECT = Path(__file__).parent.parent
SECONDS = 60


@contextmanager
def serving(model_uri: Path | str, log: Path, environ: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """Serve the model at `model_uri` on the loopback address; gives the URL, which has no slash at its end.

    The process has `environ` beside the variables of this one.
    """
    port = free_port()
    command = [sys.executable, "-m", "training", "serve", "--port", str(port), "--model-uri", str(model_uri)]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, stdout=output, stderr=output, env={**os.environ, "MODEL_URI": "", **environ}
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_for(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(10)
    assert not re.search("internal error|Traceback", log.read_text()), log.read_text()


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
    return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The service did not start: {log.read_text()}") from None
            time.sleep(0.1)
