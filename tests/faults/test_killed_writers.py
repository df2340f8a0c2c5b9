"""A real SIGKILL of a real `publish` or `promote` between any two of its writes: nothing is lost or half-done.

The proxy kills the process when its next write arrives, before it is forwarded, or once it was, before the answer.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from handler.registry.schemes import open_store
from tests.faults.proxy import Proxy
from tests.faults.releases import everything
from tests.integration.registries import history, made_at, published_whole, put_version, served_whole
from tests.unit.handler.asking import ask, open_application, predict_event
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store

BODY = {"features": [6.0, 2.5, 4.5, 1.5]}


@dataclass
class Killer:
    """Ends `process` at its write number `at` (from 1), forwarded or not; `written` are the keys it wrote."""

    proxy: Proxy
    at: int
    forwarded: bool
    seen: int = 0
    process: subprocess.Popen[str] | None = None

    def before(self, *_: str) -> None:
        self.seen += 1
        if self.seen == self.at and not self.forwarded:
            self.kill()

    def after(self, *_: str) -> None:
        if self.seen == self.at and self.forwarded:
            self.kill()

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        if not self.forwarded:
            raise ConnectionAbortedError("the writer is dead: its request goes nowhere")


def run(proxy: Proxy, at: int, forwarded: bool, *arguments: str) -> int:
    """Run a command of ours and kill it there; gives how it ended."""
    killer = Killer(proxy, at, forwarded)
    proxy.before, proxy.after = killer.before, killer.after
    command = [sys.executable, "-m", "training", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        killer.process = process
        _, said = process.communicate(timeout=120)
    proxy.before = proxy.after = lambda *_: None
    assert process.returncode in (0, -signal.SIGKILL), said
    return process.returncode


def test_a_publisher_killed_at_each_of_its_writes_loses_nothing_and_is_finished_by_the_next(
    proxy: Proxy,
    model_uri: str,
    s3_url: str,
    iris_folder: Path,
    iris: TrainedFolder,
    record: Callable[..., None],
) -> None:
    store = open_writable_store(model_uri)
    kept: dict[str, bytes] = {}
    arguments = ["publish", str(iris_folder), "--model-uri", model_uri]
    ends = []
    # What the killed one wrote is found by the next, whose conditional write of it is refused: that is a write too.
    for at, forwarded in ((1, False), (1, True), (2, True), (3, True)):
        ends.append(run(proxy, at, forwarded, *arguments))
        now = everything(model_uri, s3_url)
        assert kept.items() <= now.items()
        assert published_whole(store) == []
        assert served_whole(open_store(model_uri)) is None
        answer = ask(open_application(MODEL_URI=model_uri), predict_event(BODY))
        assert (answer.status, answer.body["code"]) == (503, "alias_not_set")
        names = ", ".join(sorted(key.rpartition("/")[2] for key in now)) or "nothing"
        where = f"publish killed at write {at}, {'answer lost' if forwarded else 'not written'}"
        record(where, "503 alias_not_set", "-", f"{names}; no version yet")
        kept = now
    assert ends == [-signal.SIGKILL] * 4
    assert run(proxy, 99, False, *arguments) == 0
    assert published_whole(store) == [iris.manifest.version]
    assert kept.items() <= everything(model_uri, s3_url).items()
    record("publish run again", "503 alias_not_set", "-", "one whole version")


def test_a_promoter_killed_at_each_of_its_writes_leaves_one_whole_release_and_one_entry_a_change(
    proxy: Proxy, model_uri: str, iris: TrainedFolder, record: Callable[..., None]
) -> None:
    store = open_writable_store(model_uri)
    first, second = (put_version(model_uri, made_at(iris, number)) for number in (1, 2))
    assert run(proxy, 99, False, *promotion(model_uri, first)) == 0
    held = open_application(MODEL_URI=model_uri, MODEL_REFRESH_SECONDS="1")
    assert ask(held, predict_event(BODY)).headers["x-model-version"] == first
    # The writes of a promotion: the entry of the one before (there already), the alias, its own entry.
    for at, forwarded, served in ((1, False, first), (2, False, first), (2, True, second)):
        held.holder.restored(8.0)
        before = ask(held, predict_event(BODY)).headers["x-model-version"]
        assert run(proxy, at, forwarded, *promotion(model_uri, second)) == -signal.SIGKILL
        assert served_whole(open_store(model_uri)) == served
        cold = ask(open_application(MODEL_URI=model_uri), predict_event(BODY))
        assert (cold.status, cold.headers["x-model-version"]) == (200, served)
        held.holder.restored(8.0)
        warm = ask(held, predict_event(BODY))
        assert (warm.status, warm.headers["x-model-version"]) == (200, served)
        entries = len(history(store))
        record(
            f"promote killed at write {at}, {'answer lost' if forwarded else 'not written'}",
            f"200, {'the new' if served == second else 'the old'} version",
            f"200, {'the old' if before == first else 'the new'}, then {'the new' if served == second else 'the old'}",
            f"alias whole, {entries} history entries",
        )
    assert run(proxy, 99, False, *promotion(model_uri, second)) == 0
    assert history(store) == [first, second]
    assert run(proxy, 99, False, *promotion(model_uri, first)) == 0
    assert history(store) == [first, second, first]
    record("promote run again", "200, the new version", "200, the new version", "alias whole, one entry a change")


def promotion(model_uri: str, version: str) -> list[str]:
    return ["promote", version, "--reason", "killed", "--model-uri", model_uri]


def test_the_killer_kills(proxy: Proxy, model_uri: str, s3_url: str) -> None:
    """The guard of these tests: a process that writes once is dead, and its write is not there."""
    script = f"import boto3; boto3.client('s3').put_object(Bucket={model_uri.split('/')[2]!r}, Key='k', Body=b'x')"
    killer = Killer(proxy, 1, forwarded=False)
    proxy.before = killer.before
    with subprocess.Popen([sys.executable, "-c", script], text=True, env=dict(os.environ)) as process:
        killer.process = process
        process.wait(30)
    assert process.returncode == -signal.SIGKILL
    assert json.dumps(sorted(everything(model_uri, s3_url))) == "[]"
