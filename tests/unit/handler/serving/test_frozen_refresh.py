"""A refresh that Lambda froze half-way is no answer: the next request asks the alias again before it takes anything.

The clock of these tests stands still but where a test turns it, as an environment's may. The registry is a real
directory; the test says which of its files come late.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from handler.api.application import create_application
from handler.errors.model import RegistryUnreachable
from handler.registry.chain import alias_key, version_key
from handler.registry.directory_store import DirectoryStore
from handler.registry.store import Blob, NotModified
from handler.serving import holder as under_test
from handler.serving.holder import ModelHolder, RefreshFailed
from handler.serving.source import ModelSource
from handler.telemetry.log_and_metrics import Telemetry
from tests.unit.handler.asking import Answer, ask, get_event, read_answer
from tests.unit.handler.models import Version
from tests.unit.handler.processes import run_function

PERIOD = 60.0
WAIT = 0.2
PATIENCE = 30.0
"""Seconds to wait for what will come: a test that expects it must not fail on a slow machine."""

ALIAS = alias_key("production")


def joined(name: str) -> None:
    """Wait until the threads of this name have ended."""
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(PATIENCE)


@dataclass
class Late(DirectoryStore):
    """A registry that has the keys in `late` answered only when `come` is set, or not at all where it is `broken`.

    `reached` is set once one of them was asked for; `read` are the keys whose bytes were given.
    """

    root: Path
    late: set[str] = field(default_factory=set)
    reached: threading.Event = field(default_factory=threading.Event)
    come: threading.Event = field(default_factory=threading.Event)
    broken: bool = False
    read: list[str] = field(default_factory=list)

    def get(self, key: str) -> Blob | None:
        self._come_to(key)
        return DirectoryStore(self.root).get(key)

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        self._come_to(key)
        return DirectoryStore(self.root).parts(key, length)

    def _come_to(self, key: str) -> None:
        if key in self.late:
            self.reached.set()
            assert self.come.wait(PATIENCE)
            if self.broken:
                raise RegistryUnreachable("The connection broke in the freeze.")
        self.read.append(key)

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        blob = self.get(key)
        return NotModified() if blob is not None and blob.etag == etag else blob


@dataclass
class Frozen:
    """An environment that serves the first of three versions; `now` is its clock."""

    store: Late
    versions: list[Version]
    waits: Callable[[float], None]
    """Sets how many seconds a request waits for a refresh."""
    now: float = 1000.0
    releases: int = 0

    def __post_init__(self) -> None:
        self.versions[0].write(self.store.root)
        load = ModelSource(self.store, "production", cache=None).load
        self.holder = ModelHolder(load, PERIOD, clock=lambda: self.now)

    def promote(self, number: int) -> str:
        """Let the alias name version `number`; gives the version's name."""
        self.releases += 1
        alias = self.versions[number].write(self.store.root) / ALIAS
        alias.write_text(alias.read_text() + " " * self.releases)  # no two releases are the same bytes
        return self.versions[number].manifest.version

    def serve(self) -> str:
        """One request; gives the version that answers it."""
        return self.holder.predictor().manifest.version

    def freeze_while_it_reads(self, key: str) -> str:
        """The request at which a refresh is due: it ends while `key` is read. Gives the version that answered it."""
        self.now += PERIOD
        self.store.late = {key}
        answered = self.serve()
        assert self.store.reached.wait(PATIENCE)
        return answered

    def thaw(self) -> None:
        """Let what was under way come to its end, and the requests from now on wait for what they ask."""
        self.waits(PATIENCE)
        self.store.late = set()
        self.store.come.set()
        joined("refresh")
        self.store.read.clear()


@pytest.fixture
def frozen(tmp_path: Path, iris_version: Version, monkeypatch: pytest.MonkeyPatch) -> Iterator[Frozen]:
    waits = partial(monkeypatch.setattr, under_test, "REFRESH_WAIT_SECONDS")
    waits(WAIT)
    digest = iris_version.manifest.artifact.sha256[:8]
    others = [iris_version.changed(version=f"2030010{day}T000000Z-{digest}") for day in (1, 2)]
    frozen = Frozen(Late(tmp_path / "iris"), [iris_version, *others], waits)
    frozen.holder.start()
    frozen.holder.take_news()
    yield frozen
    frozen.thaw()


def artifact(version: str) -> str:
    return version_key(version, "model.joblib")


def test_a_version_that_was_rolled_back_while_its_refresh_was_frozen_never_serves(frozen: Frozen) -> None:
    first = frozen.serve()
    second = frozen.promote(1)
    assert frozen.freeze_while_it_reads(artifact(second)) == first
    frozen.promote(0)
    frozen.thaw()
    assert [frozen.serve() for _ in range(5)] == [first] * 5
    assert frozen.holder.take_news() == []
    assert frozen.store.read == [ALIAS], "what served is loaded already"


def test_a_version_that_the_alias_still_names_serves_at_once_and_is_read_once(frozen: Frozen) -> None:
    second = frozen.promote(1)
    frozen.freeze_while_it_reads(artifact(second))
    frozen.thaw()
    assert [frozen.serve() for _ in range(5)] == [second] * 5
    assert frozen.store.read == [ALIAS]


def test_where_the_alias_moved_on_meanwhile_the_one_that_it_names_now_serves(frozen: Frozen) -> None:
    frozen.freeze_while_it_reads(artifact(frozen.promote(1)))
    third = frozen.promote(2)
    frozen.thaw()
    assert frozen.serve() == third


def test_what_ends_while_a_later_request_waits_for_it_is_asked_for_again_too(frozen: Frozen) -> None:
    first = frozen.serve()
    second = frozen.promote(1)
    frozen.freeze_while_it_reads(artifact(second))
    frozen.promote(0)
    frozen.waits(PATIENCE)
    frozen.store.late = set()
    threading.Timer(WAIT / 4, frozen.store.come.set).start()
    assert [frozen.serve() for _ in range(5)] == [first] * 5
    assert frozen.holder.take_news() == []


def test_an_answer_from_before_the_freeze_does_not_put_off_the_next_question(frozen: Frozen) -> None:
    """The alias had not moved when it was asked, and has since."""
    frozen.freeze_while_it_reads(ALIAS)
    frozen.thaw()
    second = frozen.promote(1)
    assert frozen.serve() == second


def test_a_failure_from_before_the_freeze_is_neither_told_nor_waited_for(frozen: Frozen) -> None:
    second = frozen.promote(1)
    frozen.store.broken = True
    frozen.freeze_while_it_reads(artifact(second))
    frozen.thaw()
    assert frozen.serve() == second
    assert not any(isinstance(news, RefreshFailed) for news in frozen.holder.take_news())


def test_a_first_load_that_restoring_began_is_asked_for_again_too(frozen: Frozen) -> None:
    load = ModelSource(frozen.store, "production", cache=None).load
    holder = ModelHolder(load, PERIOD, clock=lambda: frozen.now)
    frozen.store.late = {artifact(frozen.promote(1))}
    holder.restored(WAIT)
    third = frozen.promote(2)
    frozen.thaw()
    assert holder.predictor().manifest.version == third


def test_a_failed_first_load_that_restoring_began_is_tried_again_by_the_first_request(frozen: Frozen) -> None:
    load = ModelSource(frozen.store, "production", cache=None).load
    holder = ModelHolder(load, PERIOD, clock=lambda: frozen.now)
    frozen.store.broken = True
    frozen.store.late = {ALIAS}
    holder.restored(WAIT)
    frozen.thaw()
    assert holder.predictor().manifest.version == frozen.versions[0].manifest.version


def test_what_was_read_ahead_is_not_taken_by_a_request(tmp_path: Path, iris_version: Version) -> None:
    """The init phase takes it; a first request may come hours later."""
    digest = iris_version.manifest.artifact.sha256[:8]
    second = iris_version.changed(version=f"20300101T000000Z-{digest}")
    environ = {"MODEL_URI": str(iris_version.write(tmp_path / "iris"))}
    application = create_application(environ, Telemetry(environ), ahead=True)
    joined("read-ahead")
    second.write(tmp_path / "iris")
    assert ask(application, get_event("/health")).headers["x-model-version"] == second.manifest.version


def test_a_registry_that_is_silent_is_told_and_soon_costs_a_request_little(
    frozen: Frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_test, "SHORT_WAIT_SECONDS", 0.0, raising=False)
    first = frozen.serve()
    frozen.store.broken = True
    frozen.freeze_while_it_reads(ALIAS)
    frozen.store.come.set()
    joined("refresh")
    frozen.store.come.clear()
    frozen.waits(5 * WAIT)
    began = time.monotonic()
    assert [frozen.serve() for _ in range(20)] == [first] * 20
    assert 5 * WAIT <= time.monotonic() - began < 10 * WAIT
    (told,) = frozen.holder.take_news()
    assert isinstance(told, RefreshFailed)
    assert "broke in the freeze" in str(told.error)


def test_a_version_that_cannot_be_used_and_is_slow_to_say_so_is_not_read_without_a_pause(frozen: Frozen) -> None:
    first = frozen.serve()
    frozen.store.broken = True
    frozen.freeze_while_it_reads(artifact(frozen.promote(1)))
    tried = 1
    for _ in range(20):
        frozen.store.come.set()
        joined("refresh")
        frozen.store.come.clear()
        frozen.store.read.clear()
        assert frozen.serve() == first
        tried += ALIAS in frozen.store.read
    assert tried <= 3


def on_lambda(tmp_path: Path, root: Path, moved: tuple[Path, Path]) -> Answer:
    """What a function answers first where its registry changes after the init phase."""
    steps: list[dict[str, Any]] = [{"move": [str(path) for path in moved]}, {"ask": get_event("/health")}]
    outcome = run_function(tmp_path, steps, MODEL_URI=str(root), AWS_LAMBDA_RUNTIME_API="127.0.0.1:1")
    return read_answer(outcome.answers[0], "request-1")


def test_a_first_request_long_after_the_init_phase_is_answered_by_what_the_alias_names_then(
    tmp_path: Path, iris_version: Version
) -> None:
    """Provisioned concurrency, and environments that Lambda makes ahead of need: hours may lie between the two."""
    second = iris_version.changed(version=f"20300101T000000Z-{iris_version.manifest.artifact.sha256[:8]}")
    root = second.write(tmp_path / "iris")
    aside = (root / ALIAS).rename(tmp_path / "aside.json")
    iris_version.write(root)
    answer = on_lambda(tmp_path, root, (aside, root / ALIAS))
    assert (answer.status, answer.headers["x-model-version"]) == (200, second.manifest.version)


def test_a_failure_of_the_init_phase_is_tried_again_by_the_first_request(tmp_path: Path, iris_version: Version) -> None:
    root = iris_version.write(tmp_path / "aside")
    assert on_lambda(tmp_path, tmp_path / "iris", (root, tmp_path / "iris")).status == 200
