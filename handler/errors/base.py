"""What all errors of this project share: a text for a person, and the answer over HTTP.

The classes are in `handler.errors.request` (the caller can mend it) and `handler.errors.model` (the operator can).
"""

from dataclasses import dataclass
from typing import ClassVar

MAX_PROBLEMS = 20
"""How many problems one answer tells, however many there are."""


@dataclass(frozen=True)
class ErrorAnswer:
    """How an error is told over HTTP: its `status`, a `code` for programs, and the `sentence` for a person.

    None stands for the error's own text. Every 5xx has a fixed sentence: what went wrong on our side is for the log.
    """

    status: int
    code: str
    sentence: str | None = None


INTERNAL_ERROR = ErrorAnswer(500, "internal_error", "The service failed. The request id leads to its log.")


class SklearnOnLambdaError(Exception):
    """The base of every error that this project raises on purpose. Its text is for a person.

    A class that is raised declares its `answer`; one that is not told over HTTP is a failure of ours there.
    """

    answer: ClassVar[ErrorAnswer] = INTERNAL_ERROR


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value of a request.

    `row` counts from 0 within the request; `feature` is None where the whole row is at fault.
    """

    row: int
    feature: str | None
    problem: str


def answer_for(error: Exception) -> ErrorAnswer:
    """The answer of the error's class; whatever is not one of ours is a bug of ours."""
    return error.answer if isinstance(error, SklearnOnLambdaError) else INTERNAL_ERROR
