"""Errors that the caller can mend: the request cannot be answered as it stands."""

from handler.errors.base import ErrorAnswer, Problem, SklearnOnLambdaError


class RequestError(SklearnOnLambdaError):
    """The request cannot be answered as it stands; its sender can change it."""


class UnsupportedEvent(RequestError):
    """The function was invoked with something that is not an HTTP event."""

    answer = ErrorAnswer(
        400,
        "unsupported_event",
        action="Invoke the function with an HTTP event, such as those in events/.",
    )


class UnknownPath(RequestError):
    """No route has this path."""

    answer = ErrorAnswer(
        404,
        "unknown_path",
        action="Ask for one of the paths that the sentence lists.",
    )


class WrongMethod(RequestError):
    """The path exists, but not with this method.

    `allowed` lists those that it has.
    """

    answer = ErrorAnswer(
        405,
        "wrong_method",
        action="Use a method that the header `Allow` lists.",
    )

    def __init__(self, message: str, allowed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.allowed = allowed


class UnsupportedMediaType(RequestError):
    """The headers say that the body is not JSON, or is compressed in a way that is not supported."""

    answer = ErrorAnswer(
        415,
        "unsupported_media_type",
        action="Send JSON with `Content-Type: application/json`. Compress it with gzip or deflate, or not at all.",
    )


class UndecodableBody(RequestError):
    """The body is not valid UTF-8, or not the base64, gzip or deflate that the request says it is."""

    answer = ErrorAnswer(
        400,
        "undecodable_body",
        action="Send the body in UTF-8. If you compress it, name the compression in `Content-Encoding`, and send the "
        "whole stream.",
    )


class InvalidJson(RequestError):
    """The body is not strict JSON, or holds a number that no 64-bit float can hold."""

    answer = ErrorAnswer(
        400,
        "invalid_json",
        action="Send strict JSON: no NaN, no Infinity, no number such as 1e999, no comma before a closing bracket. "
        "Write a missing value as null.",
    )


class InvalidBody(RequestError):
    """The body is JSON, but neither one row nor a batch of rows."""

    answer = ErrorAnswer(
        400,
        "invalid_body",
        action='Send `{"features": ROW}` for one row, or `{"instances": [ROW, …]}` for several, and nothing beside it.',
    )


class TooManyRows(RequestError):
    """The batch has more rows than the setting MAX_ROWS allows."""

    answer = ErrorAnswer(
        413,
        "too_many_rows",
        action="Send the rows in several requests. The operator may deploy with a higher MaxRows.",
    )


class RequestTooLarge(RequestError):
    """The body is larger than Lambda or API Gateway takes."""

    answer = ErrorAnswer(
        413,
        "request_too_large",
        action="Send fewer rows in a request. A body may have 6 MB, counted before it is compressed.",
    )


class ResponseTooLarge(RequestError):
    """The answer would be larger than Lambda returns."""

    answer = ErrorAnswer(
        413,
        "response_too_large",
        action="Send fewer rows in a request. An answer may have 6 MB.",
    )


class RefusedRows(RequestError):
    """Some rows cannot be answered. `problems` says which, the first of them."""

    def __init__(self, message: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(message)
        self.problems = problems


class InvalidFeatures(RefusedRows):
    """The rows do not fit the model: a value is missing, is one too many, or is of another kind than its feature."""

    answer = ErrorAnswer(
        422,
        "invalid_features",
        action="Correct the values that `details` names. `GET /model` says what each feature takes.",
    )


class RefusedByModel(RefusedRows):
    """The rows are as the contract says, but the model itself fails on them."""

    answer = ErrorAnswer(
        422,
        "refused_by_model",
        action="Correct the rows that `details` names, or leave them out. If good rows are refused, the model is at "
        "fault: tell the operator, who rolls back or fits a model to such values too.",
    )


class NoFiniteAnswer(RefusedRows):
    """The model's answer to these rows is NaN or infinite, or something is that it computes on the way."""

    answer = ErrorAnswer(
        422,
        "no_finite_answer",
        action="Correct the rows that `details` names. Their values are too far from what the model was trained on.",
    )


class NoClass(RefusedRows):
    """The model answers these rows with something that is none of its classes, as some models do for an outlier."""

    answer = ErrorAnswer(
        422,
        "no_class",
        action="Leave out the rows that `details` names. The model takes them for outliers.",
    )
