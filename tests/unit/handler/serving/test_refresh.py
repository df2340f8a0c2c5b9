"""`handler.serving.holder` follows the alias while it serves, and no request fails or waits long because of it.

The clock and the jitter are numbers that the tests turn; loads run in the environment's own thread and wait for events.
"""

import random
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from types import ModuleType

import pytest

from handler.app import ask_after_restore
from handler.errors.model import AliasNotSet, RegistryUnreachable
from handler.serving import holder as under_test
from handler.serving.holder import (
    FIRST_RETRY_SECONDS,
    LAST_RETRY_SECONDS,
    REFRESH_WAIT_SECONDS,
    Loaded,
    ModelHolder,
    RefreshFailed,
)
from handler.serving.predictor import Predictor
from handler.serving.source import ServedModel

PERIOD = 60.0


@dataclass
class Place:
    """A registry whose answer the tests set; `open` is what its answers wait for."""

    answer: ServedModel | BaseException
    now: float = 1000.0
    jitter: float = 0.5
    asked: list[ServedModel | None] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    def load(self, held: ServedModel | None) -> ServedModel:
        self.asked.append(held)
        assert self.open.wait(30)
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer

    def holder(self) -> ModelHolder:
        return ModelHolder(self.load, PERIOD, clock=lambda: self.now, jitter=lambda: self.jitter)


@pytest.fixture
def first(iris_predictor: Predictor) -> ServedModel:
    return ServedModel(iris_predictor, "one", "ab" * 32)


@pytest.fixture
def second(iris_predictor: Predictor) -> ServedModel:
    manifest = replace(iris_predictor.manifest, version="20300101T000000Z-01234567")
    return ServedModel(Predictor(manifest, iris_predictor.model), "two", "cd" * 32)


@pytest.fixture
def place(first: ServedModel) -> Iterator[Place]:
    place = Place(first)
    place.open.set()
    yield place
    place.open.set()


@pytest.fixture
def serving(place: Place) -> ModelHolder:
    """An environment that serves the first model, which it was told of already."""
    holder = place.holder()
    holder.start()
    holder.take_news()
    return holder


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> float:
    """The wait as a fifth of what it is: tests that sit it out are slow enough."""
    monkeypatch.setattr(under_test, "REFRESH_WAIT_SECONDS", REFRESH_WAIT_SECONDS / 5)
    return REFRESH_WAIT_SECONDS / 5


def test_the_alias_is_not_asked_before_it_is_due_and_then_by_one_request(place: Place, serving: ModelHolder) -> None:
    place.now += PERIOD - 0.001
    for _ in range(50):
        serving.predictor()
    assert len(place.asked) == 1
    place.now += 0.001
    for _ in range(50):
        serving.predictor()
    assert len(place.asked) == 2


def test_the_load_is_told_what_is_held(place: Place, serving: ModelHolder, first: ServedModel) -> None:
    place.now += PERIOD
    serving.predictor()
    assert place.asked == [None, first]


def test_an_alias_that_has_not_moved_leaves_the_model_and_is_no_news(
    place: Place, serving: ModelHolder, first: ServedModel
) -> None:
    for _ in range(3):
        place.now += PERIOD
        assert serving.predictor() is first.predictor
    assert len(place.asked) == 4
    assert serving.take_news() == []


def test_an_alias_that_moved_swaps_the_model_in_the_very_request_that_asked(
    place: Place, serving: ModelHolder, first: ServedModel, second: ServedModel
) -> None:
    place.answer = second
    assert serving.predictor() is first.predictor
    place.now += PERIOD
    assert serving.predictor() is second.predictor
    assert serving.served() is second.predictor.manifest
    assert serving.take_news() == [Loaded(second.version, 0.0, first.version)]


@pytest.mark.parametrize(
    "failure", [RegistryUnreachable("S3 is silent."), AliasNotSet("Gone."), KeyError("a bug"), MemoryError()]
)
def test_a_failed_refresh_keeps_the_last_good_model_and_is_told_once(
    place: Place, serving: ModelHolder, first: ServedModel, failure: Exception
) -> None:
    place.answer = failure
    place.now += PERIOD
    for _ in range(20):
        assert serving.predictor() is first.predictor
    assert serving.take_news() == [RefreshFailed(first.version, failure)]
    assert serving.take_news() == []
    assert len(place.asked) == 2


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # what the test is about
def test_a_model_that_ends_its_thread_is_a_failed_refresh(
    place: Place, serving: ModelHolder, first: ServedModel
) -> None:
    place.answer = SystemExit("from inside a model")
    place.now += PERIOD
    assert serving.predictor() is first.predictor
    assert len(serving.take_news()) == 1


@pytest.mark.parametrize(("jitter", "factor"), [(0.0, 0.5), (0.5, 1.0), (0.999, 1.499)])
def test_the_waits_after_failures_double_to_a_bound_and_are_spread_by_half(
    place: Place, serving: ModelHolder, jitter: float, factor: float
) -> None:
    place.answer, place.jitter = RegistryUnreachable("S3 is silent."), jitter
    place.now += PERIOD
    serving.predictor()
    for tries, wait in enumerate([1, 2, 4, 8, 16, 30, 30, 30], start=2):
        place.now += wait * factor - 0.01
        serving.predictor()
        assert len(place.asked) == tries
        place.now += 0.02
        serving.predictor()
        assert len(place.asked) == tries + 1
    assert (FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS) == (1, 30)


def due_after_failure(first: ServedModel) -> float:
    """When an environment of its own, with the real jitter, tries again after a refresh that failed at 2000 s."""
    place = Place(first)
    place.open.set()
    holder = ModelHolder(place.load, PERIOD, clock=lambda: place.now)
    holder.start()
    place.answer, place.now = RegistryUnreachable("S3 is silent."), 2000.0
    holder.predictor()
    return holder._due


def test_many_environments_that_failed_together_do_not_ask_again_together(first: ServedModel) -> None:
    """With the real jitter, a hundred retries of the same failure are due at a hundred moments."""
    due = {due_after_failure(first) for _ in range(100)}
    assert len(due) > 90
    assert all(2000.5 <= moment < 2001.5 for moment in due)


def test_many_environments_restored_from_one_snapshot_do_not_ask_again_together(first: ServedModel) -> None:
    due = set()
    for _ in range(100):
        random.seed(4711)  # as each finds it in the snapshot
        due.add(due_after_failure(first))
    assert len(due) > 90


def test_after_a_restore_other_libraries_draw_other_numbers_than_the_snapshot_holds(
    first: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks: list[Callable[[], object]] = []
    runtime = ModuleType("snapshot_restore_py")
    runtime.register_after_restore = lambda hook, *given: hooks.append(partial(hook, *given))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", runtime)
    place = Place(first)
    place.open.set()
    ask_after_restore(place.holder())
    drawn = set()
    for _ in range(20):
        random.seed(4711)
        for hook in hooks:
            hook()
        drawn.add(random.getstate())
    assert len(drawn) == 20
    assert len(place.asked) == 20


def test_a_refresh_that_succeeds_forgets_the_failures_before_it(
    place: Place, serving: ModelHolder, first: ServedModel
) -> None:
    place.answer = RegistryUnreachable("S3 is silent.")
    for _ in range(5):
        place.now += PERIOD
        serving.predictor()
    place.answer = first
    place.now += PERIOD
    serving.predictor()
    place.answer = RegistryUnreachable("S3 is silent.")
    place.now += PERIOD
    serving.predictor()
    place.now += FIRST_RETRY_SECONDS
    asked = len(place.asked)
    serving.predictor()
    assert len(place.asked) == asked + 1


def test_no_request_waits_longer_than_the_bound_for_a_slow_refresh_which_ends_over_several(
    place: Place, serving: ModelHolder, first: ServedModel, second: ServedModel, short_wait: float
) -> None:
    place.answer = second
    place.open.clear()
    place.now += PERIOD
    for _ in range(4):
        began = time.monotonic()
        assert serving.predictor() is first.predictor
        assert time.monotonic() - began < short_wait + 0.5
        place.now += PERIOD
    assert len(place.asked) == 2
    place.open.set()
    assert serving.predictor() is second.predictor


@pytest.mark.usefixtures("short_wait")
def test_a_slow_refresh_that_fails_in_the_end_is_told_once(
    place: Place, serving: ModelHolder, first: ServedModel
) -> None:
    place.answer = RegistryUnreachable("S3 is silent.")
    place.open.clear()
    place.now += PERIOD
    serving.predictor()
    assert serving.take_news() == []
    place.open.set()
    assert serving.predictor() is first.predictor
    assert len(serving.take_news()) == 1


def test_an_environment_without_a_thread_left_goes_on_serving(
    place: Place, serving: ModelHolder, first: ServedModel, second: ServedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_thread(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    place.answer = second
    place.now += PERIOD
    with monkeypatch.context() as exhausted:
        exhausted.setattr(threading.Thread, "start", no_thread)
        for _ in range(3):
            assert serving.predictor() is first.predictor
    assert len(serving.take_news()) == 1
    place.now += FIRST_RETRY_SECONDS * 1.5
    assert serving.predictor() is second.predictor


def test_a_restored_environment_asks_before_it_answers_though_nothing_is_due(
    place: Place, serving: ModelHolder, second: ServedModel
) -> None:
    place.answer = second
    serving.restored(8.0)
    assert serving.predictor() is second.predictor
    assert len(place.asked) == 2


@pytest.mark.usefixtures("short_wait")
def test_a_restored_environment_does_not_take_an_answer_from_before_its_snapshot(
    place: Place, serving: ModelHolder, second: ServedModel
) -> None:
    place.open.clear()
    place.now += PERIOD
    serving.predictor()
    assert len(place.asked) == 2
    place.answer = second
    threading.Timer(0.05, place.open.set).start()
    serving.restored(8.0)
    assert len(place.asked) == 3
    assert serving.predictor() is second.predictor


def test_restoring_takes_no_longer_than_it_may_with_a_model_and_without_one(
    place: Place, serving: ModelHolder, first: ServedModel
) -> None:
    place.open.clear()
    for holder in (serving, place.holder()):
        began = time.monotonic()
        holder.restored(0.1)
        assert time.monotonic() - began < 1.0
    place.open.set()
    assert serving.predictor() is first.predictor


def test_a_load_that_restoring_began_without_a_model_is_waited_for_and_asked_for_again_by_the_next_request(
    place: Place, first: ServedModel
) -> None:
    holder = place.holder()
    place.open.clear()
    holder.restored(0.05)
    assert holder.served() is None
    threading.Timer(0.05, place.open.set).start()
    assert holder.predictor() is first.predictor
    assert place.asked == [None, first]


def test_restoring_without_a_model_remembers_why_it_failed(place: Place) -> None:
    place.answer = AliasNotSet("Nothing was promoted.")
    holder = place.holder()
    holder.restored(8.0)
    with pytest.raises(AliasNotSet):
        holder.predictor()
    assert len(place.asked) == 1
