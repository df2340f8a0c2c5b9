"""`handler.registry.s3.ahead`: results in order, whatever ends first."""

import threading
import time
from collections.abc import Callable
from functools import partial

import pytest

from handler.registry.s3.ahead import in_order


def after(seconds: float, result: int) -> int:
    time.sleep(seconds)
    return result


@pytest.mark.parametrize("ahead", [0, 1, 3, 99])
def test_results_come_in_the_order_of_the_calls(ahead: int) -> None:
    calls = [partial(after, 0.02 * (5 - number), number) for number in range(6)]
    assert list(in_order(calls, ahead)) == [0, 1, 2, 3, 4, 5]


def test_nothing_is_begun_before_the_first_result_is_asked_for_and_no_more_than_is_allowed_after() -> None:
    begun: list[int] = []
    results = in_order([partial(begun.append, number) for number in range(10)], 2)
    assert begun == []
    next(results)
    assert begun == [0, 1, 2]


def test_an_error_is_raised_at_its_turn_and_ends_it() -> None:
    def fail() -> int:
        raise KeyError("second")

    calls: list[Callable[[], int]] = [lambda: 1, fail, lambda: 3]
    results = in_order(calls, 2)
    assert next(results) == 1
    with pytest.raises(KeyError, match="second"):
        next(results)
    assert list(results) == []


def test_without_a_call_there_is_no_thread_and_afterwards_none_is_left() -> None:
    before = threading.active_count()
    assert list(in_order([], 3)) == []
    assert list(in_order([lambda: 1] * 5, 3)) == [1] * 5
    assert threading.active_count() == before
