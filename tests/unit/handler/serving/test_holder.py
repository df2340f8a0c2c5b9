"""`handler.serving.holder`: a failed load is remembered, tried again with growing waits, and forgotten once one
succeeds.

The clock is a number that the tests turn. What a refresh does to a model that serves is tested beside it.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from handler.errors.model import AliasNotSet, ModelUnavailable, RegistryUnreachable
from handler.serving.holder import FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS, ModelHolder
from handler.serving.predictor import Predictor
from handler.serving.source import ServedModel

WAITS = [1, 2, 4, 8, 16, 30, 30, 30]


@dataclass
class Place:
    """A registry that is out of reach until it is not, and a clock."""

    model: ServedModel | None = None
    failure: Exception = field(default_factory=lambda: AliasNotSet("Nothing was promoted."))
    load_seconds: float = 0.0
    now: float = 1000.0
    asked: int = 0

    def load(self, _: Any = None) -> ServedModel:
        self.asked += 1
        self.now += self.load_seconds
        if self.model is None:
            raise self.failure
        return self.model

    def holder(self) -> ModelHolder:
        return ModelHolder(self.load, refresh_seconds=10_000, clock=lambda: self.now)


@pytest.fixture
def served(iris_predictor: Predictor) -> ServedModel:
    return ServedModel(iris_predictor, "etag", "ab" * 32)


def refusal(holder: ModelHolder) -> Exception:
    with pytest.raises(ModelUnavailable) as caught:
        holder.predictor()
    return caught.value


def test_making_one_loads_nothing_and_the_first_request_does(served: ServedModel) -> None:
    place = Place(served)
    holder = place.holder()
    assert (place.asked, holder.served()) == (0, None)
    assert holder.predictor() is served.predictor
    assert place.asked == 1


def test_a_model_that_was_loaded_at_the_start_is_not_loaded_again(served: ServedModel) -> None:
    place = Place(served)
    holder = place.holder()
    holder.start()
    for _ in range(3):
        assert holder.predictor() is served.predictor
        place.now += 100
    assert place.asked == 1
    assert holder.served() is served.predictor.manifest


def test_a_load_that_fails_at_the_start_is_remembered_and_not_raised() -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    assert holder.served() is None
    assert refusal(holder) is place.failure
    assert place.asked == 1


def test_nothing_is_tried_again_before_the_wait_is_over() -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    place.now += FIRST_RETRY_SECONDS - 0.001
    for _ in range(100):
        refusal(holder)
    assert place.asked == 1


def test_the_first_request_after_the_wait_tries_again_and_tells_the_newest_reason() -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    place.failure = RegistryUnreachable("S3 did not answer.")
    place.now += FIRST_RETRY_SECONDS
    assert refusal(holder) is place.failure
    assert place.asked == 2


def test_the_wait_doubles_up_to_its_bound() -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    for tries, wait in enumerate(WAITS, start=1):
        place.now += wait - 0.001
        refusal(holder)
        assert place.asked == tries
        place.now += 0.001
        refusal(holder)
        assert place.asked == tries + 1
    assert (WAITS[0], WAITS[-1]) == (FIRST_RETRY_SECONDS, LAST_RETRY_SECONDS)


def test_the_wait_is_counted_from_the_end_of_the_load() -> None:
    place = Place(load_seconds=20.0)
    holder = place.holder()
    holder.start()
    refusal(holder)
    assert place.asked == 1
    assert holder.retry_after() == 1


@pytest.mark.parametrize("failures", range(1, 8))
def test_it_recovers_after_any_number_of_failures(served: ServedModel, failures: int) -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    for wait in WAITS[: failures - 1]:
        place.now += wait
        refusal(holder)
    place.model = served
    place.now += WAITS[failures - 1]
    assert holder.predictor() is served.predictor
    assert holder.served() is served.predictor.manifest
    assert place.asked == failures + 1


@pytest.mark.parametrize(("passed", "seconds"), [(0.0, 8), (0.1, 8), (7.0, 1), (7.9, 1), (8.0, 1), (100.0, 1)])
def test_retry_after_is_the_rest_of_the_wait_in_whole_seconds_and_at_least_one(passed: float, seconds: int) -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    for wait in WAITS[:3]:
        place.now += wait
        refusal(holder)
    place.now += passed
    assert holder.retry_after() == seconds


def test_a_request_after_retry_after_is_never_too_early() -> None:
    place = Place()
    holder = place.holder()
    holder.start()
    for tries in range(2, 10):
        place.now += holder.retry_after()
        refusal(holder)
        assert place.asked == tries


def test_a_bug_in_loading_is_raised_as_what_it_is_at_each_request() -> None:
    place = Place(failure=KeyError("a bug of ours"))
    holder = place.holder()
    holder.start()
    with pytest.raises(KeyError):
        holder.predictor()


def test_how_long_a_load_took_is_told_once(served: ServedModel) -> None:
    place = Place(served, load_seconds=2.5)
    holder = place.holder()
    holder.start()
    (news,) = holder.take_news()
    assert (news.version, getattr(news, "seconds", None)) == (served.version, 2.5)
    assert holder.take_news() == []
