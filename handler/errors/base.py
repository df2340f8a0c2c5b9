"""What all errors of this project share: a text for a person, the answer over HTTP, and what to do about it."""

from dataclasses import dataclass, field
from typing import ClassVar

MAX_PROBLEMS = 20
"""How many problems one answer lists, however many there are."""


@dataclass(frozen=True)
class ErrorAnswer:
    """How an error is answered: its `status`, a `code` for programs, and the `sentence` for a person.

    Without a `sentence` the client reads the error's own text. Every 5xx has a fixed one: what went wrong on our side
    is for the log. `action` is for the reference and the runbook: what the caller changes, or the operator does at
    night; its commands work where docs/runbook.md has set the variables. `when` says what leads to the error, where no
    class of its own does.
    """

    status: int
    code: str
    sentence: str | None = None
    action: str = field(kw_only=True)
    when: str | None = field(default=None, kw_only=True)


ROLL_BACK = '`.venv/bin/python -m training rollback --reason "WHY"`'

INTERNAL_ERROR = ErrorAnswer(
    500,
    "internal_error",
    "The service failed. The request id leads to its log.",
    when="An exception that this project did not foresee: a bug.",
    action="The log line `internal error` has the exception's name and where it was raised. If it began with a "
    f"release, roll back: {ROLL_BACK}. If it began with a deploy, deploy the commit before it again. Then report the "
    "line.",
)


class SklearnOnLambdaError(Exception):
    """The base of every error that this project raises on purpose. Its text is for a person.

    A class that is raised declares its `answer`; one that no client should ever see is a failure of ours there.
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
