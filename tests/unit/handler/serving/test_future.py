"""`handler.serving.future`: work in a thread of its own, and an outcome whatever becomes of it."""

import subprocess
import sys
import threading
import time
import traceback
import weakref
from functools import partial
from pathlib import Path

import pytest

from handler.errors.model import ModelUnavailable
from handler.serving.future import Future, attempt

PROJECT = Path(__file__).parents[4]


def test_what_the_work_returned_is_its_outcome_and_its_result() -> None:
    future = Future(lambda: "done", "work")
    assert future.result() == "done"
    assert future.outcome == "done"


def test_what_the_work_raised_is_its_outcome_and_is_raised_by_its_result() -> None:
    error = KeyError("a bug")

    def work() -> None:
        raise error

    future = Future(work, "work")
    with pytest.raises(KeyError) as caught:
        future.result()
    assert caught.value is future.outcome is error


def test_the_work_is_under_way_at_once_and_waited_for_until_a_moment_only() -> None:
    end = threading.Event()
    future = Future(lambda: end.wait(30), "work")
    began = time.monotonic()
    assert not future.ended_by(began)
    assert not future.ended_by(began + 0.1)
    assert 0.1 <= time.monotonic() - began < 5
    end.set()
    assert future.ended_by(float("inf"))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # what the test is about
def test_work_that_ends_its_thread_has_an_outcome_too() -> None:
    def work() -> None:
        raise SystemExit

    with pytest.raises(ModelUnavailable, match=r"The work ended without an outcome\."):
        Future(work, "work").result()


def test_a_process_that_ends_does_not_wait_for_it() -> None:
    script = "import time; from handler.serving.future import Future; Future(lambda: time.sleep(60), 'work')"
    environment = {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_an_attempt_gives_what_was_returned_or_raised() -> None:
    error = KeyError("a bug")

    def work() -> None:
        raise error

    assert attempt(lambda: 1) == 1
    assert attempt(work) is error


class Large:
    """Stands for a model that was half loaded."""


def test_what_failed_in_a_thread_keeps_nothing_of_its_work_alive() -> None:
    large = Large()
    alive = weakref.ref(large)

    def work(needed: Large) -> None:
        raise KeyError(id(needed))

    future = Future(partial(work, large), "work")
    del large
    assert future.ended_by(time.monotonic() + 30)
    assert isinstance(future.outcome, KeyError)
    assert alive() is None


def test_an_error_that_is_remembered_tells_where_it_was_raised_and_keeps_nothing_alive() -> None:
    alive: list[weakref.ref[Large]] = []

    def work() -> None:
        large = Large()
        alive.append(weakref.ref(large))
        try:
            raise ValueError("inner")
        except ValueError as inner:
            other = Large()
            alive.append(weakref.ref(other))
            raise KeyError("outer") from inner

    error = attempt(work)
    assert isinstance(error, KeyError)
    assert "work" in [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert [found() for found in alive] == [None, None]
