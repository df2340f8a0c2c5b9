"""All errors that a client may read, for what lists them: the contract, the reference, the tests."""

from collections.abc import Mapping
from typing import Final

from handler.errors import model, request, stream
from handler.errors.base import INTERNAL_ERROR, ErrorAnswer, SklearnOnLambdaError
from handler.errors.gateway import GATEWAY_ANSWERS

ANSWERS: Final[Mapping[type[SklearnOnLambdaError], ErrorAnswer]] = {
    error: error.answer
    for module in (request, model, stream)
    for error in vars(module).values()
    if isinstance(error, type)
    and issubclass(error, SklearnOnLambdaError)
    and error.__module__ == module.__name__
    and "answer" in vars(error)
}

OF_MESSAGES: Final = (stream.AnswerTooLarge.answer,)
"""What an answer to a message may be besides all that POST /predict may answer."""

OF_FUNCTION: Final = (*(answer for answer in ANSWERS.values() if answer not in OF_MESSAGES), INTERNAL_ERROR)
"""What the function answers over HTTP."""

OF_GATEWAY: Final = tuple(answer for answers in GATEWAY_ANSWERS.values() for answer in answers)

TITLES: Final[Mapping[int, str]] = {
    400: "The request cannot be understood",
    403: "The API key is missing or unknown, or the gateway refuses the request",
    404: "No such path",
    405: "The path exists, but not with this method",
    413: "Too much for one request",
    415: "The body is not JSON by its Content-Type, or is compressed in another way than by gzip or deflate",
    422: "The rows do not fit this model",
    429: "Too many requests",
    500: "The service failed",
    502: "The gateway got no answer from the function",
    503: "There is no model that can be served now",
    504: "The gateway got no answer in time",
}
"""What each status means, in every error that has it."""

WORTH_A_RETRY: Final = frozenset({429, 500, 502, 503, 504})
"""The statuses after which the same request may be answered a moment later. POST /predict changes nothing, so it is
safe to send again."""

NEVER_RETRIED: Final = frozenset({"quota_exceeded", "internal_error"})
"""The codes among them after which it will not: a day has to pass, or a bug has to be mended."""


def is_worth_a_retry(answer: ErrorAnswer) -> bool:
    """Whether a client that reads `answer` should send the same request again, after a wait."""
    return answer.status in WORTH_A_RETRY and answer.code not in NEVER_RETRIED


def codes(answers: tuple[ErrorAnswer, ...], status: int) -> set[str]:
    """The codes that these answers have under `status`."""
    return {answer.code for answer in answers if answer.status == status}
