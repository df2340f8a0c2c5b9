"""All errors that a client may read, for what lists them: the contract, the reference, the tests."""

from collections.abc import Mapping
from typing import Final

from handler.errors import model, request
from handler.errors.base import INTERNAL_ERROR, ErrorAnswer, SklearnOnLambdaError
from handler.errors.gateway import GATEWAY_ANSWERS

ANSWERS: Final[Mapping[type[SklearnOnLambdaError], ErrorAnswer]] = {
    error: error.answer
    for module in (request, model)
    for error in vars(module).values()
    if isinstance(error, type)
    and issubclass(error, SklearnOnLambdaError)
    and error.__module__ == module.__name__
    and "answer" in vars(error)
}

OF_FUNCTION: Final = (*ANSWERS.values(), INTERNAL_ERROR)
OF_GATEWAY: Final = tuple(answer for answers in GATEWAY_ANSWERS.values() for answer in answers)

TITLES: Final[Mapping[int, str]] = {
    400: "Not a request of this form",
    403: "No API key, or an unknown one, where the service asks for it",
    404: "No such path",
    405: "The path has other methods",
    413: "Too much for one request",
    415: "Not JSON by its Content-Type, or packed otherwise than as gzip or deflate",
    422: "Well-formed, but not rows of this model",
    429: "Too many requests for this API key",
    500: "A bug of the service",
    502: "The gateway had no answer from the function",
    503: "No model can be served yet",
    504: "The gateway had no answer in time",
}
"""What each status means, in every error that has it."""


def codes(answers: tuple[ErrorAnswer, ...], status: int) -> set[str]:
    """The codes that these answers have under `status`."""
    return {answer.code for answer in answers if answer.status == status}
