"""What became of rows that were asked together: each has the answer, or the refusal, that POST /predict gives it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handler.errors.base import Problem, answer_for


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row has no answer, as POST /predict says it of this row alone: the status, and the fields of the body.

    The `row` of each problem is 0.
    """

    status: int
    code: str
    error: str
    details: tuple[Problem, ...] = ()

    @classmethod
    def of(cls, error: Exception) -> "Refusal":
        """The refusal that `error` is, which was raised over one row alone."""
        answer = answer_for(error)
        return cls(answer.status, answer.code, answer.sentence or str(error), getattr(error, "problems", ()))


@dataclass(frozen=True, slots=True)
class Outcome:
    """`answers` are in the order of the rows, None of a refused one; `refusals` are by the place of the row."""

    answers: Sequence[dict[str, Any] | None]
    refusals: Mapping[int, Refusal]


def laid_together(
    count: int, parts: Iterable[tuple[Sequence[int], Outcome]], refusals: Mapping[int, Refusal]
) -> Outcome:
    """The outcome of `count` rows: `parts` have the places of some with what became of them, `refusals` the others."""
    answers: list[dict[str, Any] | None] = [None] * count
    refused = dict(refusals)
    for places, outcome in parts:
        for place, answer in zip(places, outcome.answers, strict=True):
            answers[place] = answer
        refused |= {places[at]: refusal for at, refusal in outcome.refusals.items()}
    return Outcome(answers, refused)
