"""Lambda freezes an environment for seconds or hours between two requests: nothing of before is trusted after it.

What a freeze does to connections is done here by a server that answers one request of each and then swallows the rest
without a word, as a load balancer does that has forgotten one. What it does to a read under way is done by SIGSTOP.
"""

import contextlib
import os
import signal
import socket
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from handler.registry import s3_store
from handler.registry.s3_store import S3Store
from tests.integration.sockets import answering, conversing, listening

PROJECT = Path(__file__).parents[2]
AT_ONCE = 0.9
"""Seconds; a connection that is asked in vain costs READ_SECONDS, which is three."""


class Swallowing(socketserver.BaseRequestHandler):
    """Answers the first request of a connection, as one that is kept open, and swallows what comes after it."""

    connections = 0

    def handle(self) -> None:
        type(self).connections += 1
        received = b""
        while b"\r\n\r\n" not in received:
            received += self.request.recv(65536)
        self.request.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "0"\r\n\r\nalias')
        self.request.settimeout(10)  # so that the test ends, whatever the client keeps open
        with contextlib.suppress(OSError):
            while self.request.recv(65536):
                pass


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Swallowing]]:
    """S3 that forgets each connection after one answer; gives what counts them."""
    counting = type("Counting", (Swallowing,), {"connections": 0})
    with listening(counting) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield counting


def test_a_read_after_a_connection_was_dropped_without_a_word_answers_at_once(forgetful: type[Swallowing]) -> None:
    store = S3Store("models", "iris")
    for _ in range(4):
        began = time.monotonic()
        blob = store.get("aliases/production.json")
        assert blob is not None
        assert blob.data == b"alias"
        assert time.monotonic() - began < AT_ONCE
    assert forgetful.connections == 4


def test_a_process_that_is_stopped_in_the_middle_of_a_read_asks_again_when_it_goes_on() -> None:
    asked, stopped = threading.Event(), threading.Event()
    first = iter([True])

    def converse(connection: socket.socket) -> None:
        if next(first, False):
            asked.set()
            stopped.wait(10)  # the connection is gone when the reader goes on
            return
        answering("200 OK", b"alias")(connection)

    reader = (
        "from handler.registry.s3_store import S3Store as S; print(S('models', 'iris').get('a.json').data.decode())"
    )
    with conversing(converse) as url:
        environ = {**os.environ, "AWS_ENDPOINT_URL": url, "PYTHONPATH": str(PROJECT)}
        process = subprocess.Popen([sys.executable, "-c", reader], env=environ, stdout=subprocess.PIPE, text=True)
        with process:
            assert asked.wait(10)
            process.send_signal(signal.SIGSTOP)
            stopped.set()
            time.sleep(4)  # longer than any wait of the reader's
            process.send_signal(signal.SIGCONT)
            out, _ = process.communicate(timeout=10)
    assert out == "alias\n"


def test_a_large_file_whose_reader_was_frozen_between_two_parts_is_read_on_over_new_connections(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(s3_store, "RANGE_BYTES", 2)
    monkeypatch.setattr(s3_store, "AHEAD", 1)
    connections: list[None] = []

    class Forgetting(Swallowing):
        def handle(self) -> None:
            connections.append(None)
            received = self.request.recv(65536)
            start = int(received.lower().split(b"range: bytes=")[1].split(b"-")[0])
            part = b"alias"[start : start + 2]
            head = f'HTTP/1.1 206 Partial\r\nContent-Length: {len(part)}\r\nETag: "0"\r\n'
            place = f"Content-Range: bytes {start}-{start + len(part) - 1}/5\r\n\r\n"
            self.request.sendall((head + place).encode() + part)
            self.request.settimeout(10)
            with contextlib.suppress(OSError):
                while self.request.recv(65536):
                    pass

    with listening(Forgetting) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        parts = S3Store("models", "iris").parts("model.joblib", 5)
        assert parts is not None
        read = [next(parts)]
        time.sleep(0.2)
        began = time.monotonic()
        read += parts
        assert time.monotonic() - began < AT_ONCE
    assert b"".join(read) == b"alias"
    assert len(connections) == 3


THREADS = """
import os, sys
count = lambda: len(os.listdir("/proc/self/task"))
before = count()
from handler.registry import s3_store
from handler.registry.s3_store import S3Store
from handler.registry.s3.client import make_client
store = S3Store("models", "iris")
from handler.registry.s3.credentials import Credentials
from handler.registry.s3.endpoint import Endpoint
endpoint = Endpoint(os.environ["AWS_ENDPOINT_URL"], "us-east-1", False)
client = make_client("models", endpoint, Credentials("a", "b", None), {})
unused = count()
child = os.fork()
if child == 0:
    os._exit(0 if store.get("a.json").data == b"alias" else 1)
print(unused - before, os.waitpid(child, 0)[1], store.get("a.json").data.decode(), count() > before)
"""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Threads are counted in Linux's /proc.")
def test_until_it_is_asked_nothing_of_obstore_runs_so_a_fork_before_that_is_harmless() -> None:
    with conversing(answering("200 OK", b"alias")) as url:
        environ = {**os.environ, "AWS_ENDPOINT_URL": url, "PYTHONPATH": str(PROJECT)}
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", THREADS],
            env=environ,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
    assert (done.stdout, done.stderr) == ("0 0 alias True\n", "")
