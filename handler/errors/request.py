"""Errors that the caller can mend: the request cannot be answered as it stands."""

from handler.errors.base import ErrorAnswer, Problem, SklearnOnLambdaError


class RequestError(SklearnOnLambdaError):
    """The request cannot be answered as it stands; its sender can change it."""


class UnsupportedEvent(RequestError):
    """The function was invoked with something else than an HTTP event."""

    answer = ErrorAnswer(400, "unsupported_event")


class UnknownPath(RequestError):
    """No route has this path."""

    answer = ErrorAnswer(404, "unknown_path")


class WrongMethod(RequestError):
    """The path exists, under other methods, which `allowed` lists."""

    answer = ErrorAnswer(405, "wrong_method")

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class UnsupportedMediaType(RequestError):
    """The headers say that the body is not JSON, or packed in a way that is not taken."""

    answer = ErrorAnswer(415, "unsupported_media_type")


class UndecodableBody(RequestError):
    """The body is not the base64, the gzip or the UTF-8 that it should be."""

    answer = ErrorAnswer(400, "undecodable_body")


class InvalidJson(RequestError):
    """The body is not strict JSON, or holds a number that no 64-bit float can hold."""

    answer = ErrorAnswer(400, "invalid_json")


class InvalidBody(RequestError):
    """The body is JSON, but neither one row nor a batch of rows."""

    answer = ErrorAnswer(400, "invalid_body")


class TooManyRows(RequestError):
    """The batch has more rows than MAX_ROWS."""

    answer = ErrorAnswer(413, "too_many_rows")


class RequestTooLarge(RequestError):
    """The body is larger than Lambda takes."""

    answer = ErrorAnswer(413, "request_too_large")


class ResponseTooLarge(RequestError):
    """The answer would be larger than Lambda returns; fewer rows fit."""

    answer = ErrorAnswer(413, "response_too_large")


class RefusedRows(RequestError):
    """Some rows cannot be answered. `problems` says which, up to a bound."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


class InvalidFeatures(RefusedRows):
    """The rows are not rows of this model."""

    answer = ErrorAnswer(422, "invalid_features")


class RefusedByModel(RefusedRows):
    """The rows fit the contract, and the estimator raises on them."""

    answer = ErrorAnswer(422, "refused_by_model")


class NoFiniteAnswer(RefusedRows):
    """The model's answer to these rows, or what it computes on the way to it, is NaN or infinite."""

    answer = ErrorAnswer(422, "no_finite_answer")


class NoClass(RefusedRows):
    """The estimator answers these rows with a label that is none of its classes, as for an outlier."""

    answer = ErrorAnswer(422, "no_class")
