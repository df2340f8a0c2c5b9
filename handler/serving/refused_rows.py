"""Finds the rows that a model refuses: they pass the contract's checks, and the model raises over them all the same.

A model raises for a whole batch and seldom says for which row. So the batch is halved until single rows are left, and
each of those is searched for the one value at fault. Both searches are bounded in number and in time. The model's own
message is not repeated: libraries quote the values that they fail on.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.errors.base import MAX_PROBLEMS, Problem

SECONDS = 2.0
"""How long the search may take, of the 20 s that a request has; a prediction under way is not cut off."""

Rows = NDArray[Any]


def refused_rows(
    asks: Callable[[Rows], object], rows: Rows, sound: Rows, names: Sequence[str], seconds: float = SECONDS
) -> tuple[Problem, ...]:
    """What is wrong with up to MAX_PROBLEMS of `rows`, of shape (rows, features), over which the model has raised.

    The problems are in the order of the rows. `asks` raises where the model does; `sound` is a row, of shape
    (1, features), for which it does not. Empty where each row of a batch is answered on its own. Where the time is up
    before a row was found, the one problem says between which rows to look.
    """
    search = _Search(asks, time.monotonic() + seconds)
    waiting = [(0, len(rows))]
    problems: list[Problem] = []
    while waiting and len(problems) < MAX_PROBLEMS:
        begin, end = waiting.pop()
        if search.is_over():
            if not problems:
                problems.append(_somewhere(begin, end))
            break
        # The caller has tried all of them together.
        if end - begin < len(rows) and search.answers(rows[begin:end]):
            continue
        if end - begin == 1:
            problems.append(_problem(begin, _value_at_fault(search, rows[[begin]], sound), names))
        else:
            middle = (begin + end) // 2
            waiting += [(middle, end), (begin, middle)]
    return tuple(problems)


class _Search:
    """Tries rows on the model, as often as there is time for."""

    def __init__(self, asks: Callable[[Rows], object], deadline: float) -> None:
        self._asks = asks
        self._deadline = deadline

    def is_over(self) -> bool:
        return time.monotonic() >= self._deadline

    def answers(self, rows: Rows) -> bool:
        try:
            self._asks(rows)
        except Exception:  # noqa: BLE001 - whatever it is, it was raised before, and ends in one answer
            return False
        return True


def _value_at_fault(search: _Search, row: Rows, sound: Rows) -> int | None:
    """The only feature of `row` that the model refuses; None where there are several, or no time to look."""
    for position in range(row.shape[1]):
        if search.is_over():
            return None
        mended = np.array(row)
        mended[0, position] = sound[0, position]
        if search.answers(mended):
            return position
    return None


def _problem(row: int, position: int | None, names: Sequence[str]) -> Problem:
    if position is None:
        return Problem(row, None, "the model cannot compute with the values of this row")
    return Problem(row, names[position], "the model cannot compute with this value")


def _somewhere(begin: int, end: int) -> Problem:
    return Problem(begin, None, f"the model cannot compute with this row, or with another one before row {end}")
