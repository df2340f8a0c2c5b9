"""200 promotions and rollbacks under steady load: every answer is right, and by a version that the alias named then.

The server is a process of its own. It asks the alias each second (MODEL_REFRESH_SECONDS has no finer grain), so an
answer may come from any version that the alias named within the last STALENESS seconds. Most releases swap the alias
by the code that `promote` uses, without the seconds that a proof takes; ten go through the command line.
"""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import boto3
import pytest

from handler.registry.chain import alias_key, checked_alias
from handler.serving.holder import REFRESH_WAIT_SECONDS
from tests.faults.releases import BODY, put_numbered, swap
from tests.integration.registries import history
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore

RELEASES = 200
BY_COMMAND = 10
VERSIONS = 7
REFRESH_SECONDS = 1
STALENESS = REFRESH_SECONDS + REFRESH_WAIT_SECONDS + 0.5
"""The refresh is due, one request waits for it, and the machine is busy."""
PAUSE = 0.15
REQUESTS_PER_SECOND = 40


@dataclass(frozen=True)
class Seen:
    """One answer: when it was asked for and came, and what it was."""

    began: float
    ended: float
    status: int
    version: str
    prediction: float | None


@dataclass
class Load:
    """Asks the server steadily until told to stop."""

    place: str
    seen: list[Seen] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        body = json.dumps(BODY)
        with contextlib.closing(http.client.HTTPConnection(self.place, timeout=10)) as connection:
            while not self.over.is_set():
                began = time.monotonic()
                try:
                    connection.request("POST", "/predict", body, {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    document = json.load(answer)
                except (OSError, http.client.HTTPException, ValueError) as error:
                    self.broken.append(repr(error))
                    connection.close()
                    continue
                version = answer.headers["X-Model-Version"]
                if answer.status == 200 and document["model"]["version"] != version:
                    self.broken.append(f"{document['model']['version']} in the body, {version} in the header")
                self.seen.append(Seen(began, time.monotonic(), answer.status, version, document.get("prediction")))
                self.over.wait(1 / REQUESTS_PER_SECOND)


@contextlib.contextmanager
def serving(model_uri: str) -> Iterator[str]:
    """The function's application behind ASGI in a process of its own; gives where it answers."""
    port = free_port()
    command = [sys.executable, "-m", "training", "serve", "--port", str(port), "--model-uri", model_uri]
    environ = {**os.environ, "MODEL_REFRESH_SECONDS": str(REFRESH_SECONDS)}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environ) as process:
        try:
            deadline = time.monotonic() + 60
            while True:
                with (
                    contextlib.suppress(OSError),
                    contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection,
                ):
                    connection.request("GET", "/health")
                    if connection.getresponse().status == 200:
                        break
                assert time.monotonic() < deadline
                assert process.poll() is None
                time.sleep(0.1)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def served(store: WritableStore) -> str:
    held = store.get(alias_key("production"))
    assert held is not None
    return checked_alias(held.data).version


def command(model_uri: str, *arguments: str) -> None:
    """A release through the command line, proof and all."""
    call = [sys.executable, "-m", "training", *arguments, "--reason", "soak", "--model-uri", model_uri]
    subprocess.run(call, capture_output=True, check=True, timeout=120)


@pytest.fixture
def model_uri(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A registry on moto itself: no fault is injected here."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    boto3.client("s3").create_bucket(Bucket="soaked")
    return "s3://soaked/number"


def test_every_answer_is_right_and_by_what_the_alias_named_then(model_uri: str, record: Callable[..., None]) -> None:
    numbers = {put_numbered(model_uri, number): float(number) for number in range(VERSIONS)}
    names = list(numbers)
    store = open_writable_store(model_uri)
    named: list[tuple[float, float, str]] = []

    def released(act: Callable[[], object]) -> None:
        """Do it, and note between which moments the alias moved and to what."""
        began = time.monotonic()
        act()
        named.append((began, time.monotonic(), served(store)))

    released(lambda: swap(store, names[0]))
    with serving(model_uri) as place:
        load = Load(place)
        thread = threading.Thread(target=load.run)
        thread.start()
        before = ""
        for number in range(1, RELEASES + 1):
            back, now = number % 4 == 0, served(store)
            target = before if back else names[(names.index(now) + 1) % VERSIONS]
            if number % (RELEASES // BY_COMMAND) == 0:
                released(lambda back=back, to=target: command(model_uri, *(["rollback"] if back else ["promote", to])))  # type: ignore[misc] # mypy does not infer lambda defaults
            else:
                released(lambda to=target: swap(store, to))  # type: ignore[misc] # mypy does not infer lambda defaults
            before = now
            time.sleep(PAUSE)
        time.sleep(STALENESS)
        load.over.set()
        thread.join()

    assert load.broken == []
    assert {seen.status for seen in load.seen} == {200}
    assert len(named) == len(history(store)) == RELEASES + 1
    ages = []
    for seen in load.seen:
        assert seen.prediction == numbers[seen.version]
        age = staleness(named, seen)
        assert age is not None, f"{seen} was named by no release"
        ages.append(age)
    assert max(ages) <= STALENESS
    assert load.seen[-1].version == served(store)
    times = sorted(seen.ended - seen.began for seen in load.seen)
    record(
        f"{RELEASES} promotions and rollbacks in {named[-1][1] - named[0][0]:.0f} s",
        "-",
        f"{len(times):,} answers, all 200 and right; {len({s.version for s in load.seen})} versions; alias at most "
        f"{max(ages):.2f} s ago; p50 {1000 * times[len(times) // 2]:.1f} ms, slowest {1000 * times[-1]:.0f} ms",
        f"{RELEASES + 1} history entries, in order",
    )


def staleness(named: list[tuple[float, float, str]], seen: Seen) -> float | None:
    """How long before the request the alias last named its version: 0 where it did then, None where it never did."""
    ages = []
    for index, (began, _, version) in enumerate(named):
        if version == seen.version and began <= seen.ended:
            until = named[index + 1][1] if index + 1 < len(named) else seen.began
            ages.append(max(0.0, seen.began - until))
    return min(ages, default=None)
