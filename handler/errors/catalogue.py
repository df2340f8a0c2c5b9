"""All errors that are told over HTTP, for what lists them: the contract, the reference, the tests."""

from collections.abc import Mapping
from typing import Final

from handler.errors import model, request
from handler.errors.base import ErrorAnswer, SklearnOnLambdaError

ANSWERS: Final[Mapping[type[SklearnOnLambdaError], ErrorAnswer]] = {
    error: error.answer
    for module in (request, model)
    for error in vars(module).values()
    if isinstance(error, type)
    and issubclass(error, SklearnOnLambdaError)
    and error.__module__ == module.__name__
    and "answer" in vars(error)
}
