"""Errors that only an answer to a message can be: over HTTP they do not occur."""

from handler.errors.base import ErrorAnswer
from handler.errors.request import RequestError


class AnswerTooLarge(RequestError):
    """The answer to a message would be larger than the queue or the bus for answers takes."""

    answer = ErrorAnswer(
        413,
        "answer_too_large",
        action="Send fewer rows in a message. An answer may have 1 MiB on a queue, and 256 KB on an event bus.",
    )
