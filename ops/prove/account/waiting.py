"""Waits for what AWS makes true after a while, never longer than is said."""

import time
from collections.abc import Callable
from typing import TypeVar

from ops.prove.account import bounds

T = TypeVar("T")


def until(ask: Callable[[], T], enough: Callable[[T], bool], seconds: float) -> T:
    """Ask until the answer is enough, `seconds` are over or POLLS is reached; gives the last answer."""
    deadline = time.monotonic() + seconds
    pause = min(float(bounds.POLL_SECONDS), seconds / 5)
    answer = ask()
    for _ in range(bounds.POLLS):
        if enough(answer) or time.monotonic() + pause > deadline:
            break
        time.sleep(pause)
        answer = ask()
    return answer
