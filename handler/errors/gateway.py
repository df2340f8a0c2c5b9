"""What API Gateway answers by itself, before or in place of the function.

template.yaml gives these answers the form of the function's own; a test holds it to this table.
"""

from collections.abc import Mapping
from typing import Final

from handler.errors.base import ErrorAnswer

NO_ANSWER = "The API could not get an answer from the model."

GATEWAY_ANSWERS: Final[Mapping[str, tuple[ErrorAnswer, ...]]] = {
    "INVALID_API_KEY": (
        ErrorAnswer(
            403,
            "invalid_api_key",
            "The header x-api-key is missing, or holds no key of this API.",
            action="Send the key in the header `x-api-key`; `aws apigateway get-api-key --include-value --api-key ID` "
            "shows it, with the stack's output ApiKeyId.",
        ),
    ),
    "THROTTLED": (
        ErrorAnswer(
            429,
            "throttled",
            "Too many requests at once: wait a second, then try again.",
            action="Wait for the seconds in `Retry-After`, and send many rows in one request. The operator may raise "
            "the parameters ThrottleRate and ThrottleBurst.",
        ),
    ),
    "QUOTA_EXCEEDED": (
        ErrorAnswer(
            429,
            "quota_exceeded",
            "This key's requests for today are used up.",
            action="Send many rows in one request, or wait until the next day. The operator may raise the parameter "
            "DailyQuota.",
        ),
    ),
    "REQUEST_TOO_LARGE": (
        ErrorAnswer(
            413,
            "request_too_large",
            "The body is larger than the API takes: send fewer rows.",
            action="Send fewer rows in a request.",
        ),
    ),
    "DEFAULT_4XX": (
        ErrorAnswer(
            403,
            "refused_by_gateway",
            action="Correct the URL and the headers as the sentence says. API Gateway gives it where it cannot read "
            "the request, or where a firewall or a policy that was added to the API refuses it.",
        ),
    ),
    "DEFAULT_5XX": (
        ErrorAnswer(
            500,
            "gateway_error",
            NO_ANSWER,
            action="See whether Lambda throttles the function (metric `Throttles`) and whether the alias `live` is "
            "there. If the stack was changed by hand, run `sam deploy`.",
        ),
        ErrorAnswer(
            502,
            "gateway_error",
            NO_ANSWER,
            action="Look in the function's log for a time-out (20 s), memory that ran out, or a crash. Send fewer rows "
            "in a request, or raise the parameter MemorySize.",
        ),
        ErrorAnswer(
            504,
            "gateway_error",
            NO_ANSWER,
            action="The function took longer than the gateway waits, 29 s. See its metric `Duration` and its traces in "
            "X-Ray for what was slow.",
        ),
    ),
}
"""By the name of the GatewayResponse; `DEFAULT_4XX` stands for whatever has no name of its own."""
