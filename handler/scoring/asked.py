"""Asks a model about rows that passed the checks, and finds those that it refuses itself.

A refusal names some of the rows at fault. Those are asked one by one, and the others together again, until the model
answers: so each answer is that of a request with all the rows that have one.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from handler.errors.request import RefusedRows, RequestError
from handler.scoring.outcome import Outcome, Refusal, laid_together
from handler.serving.predictor import Predictor


class Group(NamedTuple):
    """The places of rows that were asked together, and what `Predictor.ask` found of them."""

    places: Sequence[int]
    found: Any


class Asked(NamedTuple):
    """The rows that have an answer, nearly always in one group, and the refusals of the others by their places."""

    groups: Sequence[Group]
    refusals: dict[int, Refusal]


def asked(predictor: Predictor, matrix: NDArray[Any]) -> Outcome:
    """What the model says of `matrix`, of shape (rows, features), checked; raises as `ask_each` does."""
    groups, refusals = ask_each(predictor, matrix)
    parts = [(group.places, Outcome(predictor.plain(group.found), {})) for group in groups]
    return laid_together(len(matrix), parts, refusals)


def ask_each(predictor: Predictor, matrix: NDArray[Any]) -> Asked:
    """The same, as the model's answers are found.

    What it raises over a row alone and is no refusal passes through, as MemoryError does over any number of rows.
    """
    refusals: dict[int, Refusal] = {}
    left = list(range(len(matrix)))
    while left:
        rows = matrix[left] if refusals else matrix
        try:
            return Asked([Group(left, predictor.ask(rows))], refusals)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a model may raise anything; what is no refusal is raised again
            refused = _refused(predictor, rows, error)
        if not refused:
            # No row is at fault by itself, so there are several: each half is asked as if it had come alone.
            return _in_halves(predictor, rows, left, refusals)
        refusals |= {left[at]: refusal for at, refusal in refused.items()}
        left = [place for at, place in enumerate(left) if at not in refused]
    return Asked([], refusals)


def _in_halves(predictor: Predictor, rows: NDArray[Any], places: Sequence[int], refusals: dict[int, Refusal]) -> Asked:
    """What `ask_each` finds of each half of `rows`, which have these `places`, beside the `refusals` of others."""
    groups, middle = list[Group](), len(rows) // 2
    for half, part in ((rows[:middle], places[:middle]), (rows[middle:], places[middle:])):
        found = ask_each(predictor, half)
        groups += [Group([part[at] for at in group.places], group.found) for group in found.groups]
        refusals = {**refusals, **{part[at]: refusal for at, refusal in found.refusals.items()}}
    return Asked(groups, refusals)


def _refused(predictor: Predictor, rows: NDArray[Any], error: Exception) -> dict[int, Refusal]:
    """The rows that `error`, raised over all of `rows`, names, as far as each is refused by itself.

    Raises `error` where there is but one row, and it is no refusal.
    """
    if not isinstance(error, RequestError):
        if len(rows) == 1:
            raise error
        return {}
    if len(rows) == 1:
        return {0: Refusal.of(error)}
    named = sorted({problem.row for problem in error.problems}) if isinstance(error, RefusedRows) else []
    found = {at: _alone(predictor, rows[[at]]) for at in named}
    return {at: refusal for at, refusal in found.items() if refusal is not None}


def _alone(predictor: Predictor, row: NDArray[Any]) -> Refusal | None:
    try:
        predictor.ask(row)
    except RequestError as error:
        return Refusal.of(error)
    return None
