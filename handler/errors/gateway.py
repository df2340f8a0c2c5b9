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
            when="The request has no API key, or one that this API does not know.",
            action="Send the key in the header `x-api-key`. The operator gets it with `make api-key "
            "STACK_NAME=$STACK_NAME`.",
        ),
    ),
    "THROTTLED": (
        ErrorAnswer(
            429,
            "throttled",
            "Too many requests at once: wait a second, then try again.",
            when="More requests came in a second than the parameters ThrottleRate and ThrottleBurst allow.",
            action="Wait for the seconds in `Retry-After`, and send many rows in one request. The operator may deploy "
            "with a higher ThrottleRate and ThrottleBurst.",
        ),
    ),
    "QUOTA_EXCEEDED": (
        ErrorAnswer(
            429,
            "quota_exceeded",
            "This key's requests for today are used up.",
            when="More requests came with this key today (in UTC) than the parameter DailyQuota allows.",
            action="Wait until midnight UTC, and send many rows in one request from then on. The operator may deploy "
            "with a higher DailyQuota.",
        ),
    ),
    "REQUEST_TOO_LARGE": (
        ErrorAnswer(
            413,
            "request_too_large",
            "The body is larger than the API takes: send fewer rows.",
            when="The body has more than 10 MB, which API Gateway does not hand on.",
            action="Send fewer rows in a request.",
        ),
    ),
    "DEFAULT_4XX": (
        ErrorAnswer(
            403,
            "refused_by_gateway",
            when="API Gateway cannot read the request, or a firewall or a policy that was added to the API refuses it.",
            action="Correct the URL and the headers as the sentence says. If they are right, a firewall or a policy "
            "that was added to the API refuses the request: its operator can see which.",
        ),
    ),
    "DEFAULT_5XX": (
        ErrorAnswer(
            500,
            "gateway_error",
            NO_ANSWER,
            when="API Gateway could not call the function: Lambda throttled it, or it may not be called.",
            action="See whether Lambda throttled the function (its metric `Throttles`) and whether its alias `live` is "
            "there. If the account's concurrency is used up, ask AWS to raise that quota. If the stack was changed by "
            "hand, deploy it again.",
        ),
        ErrorAnswer(
            502,
            "gateway_error",
            NO_ANSWER,
            when="The function crashed, ran out of memory, or took longer than its time-out of 20 s.",
            action="Look in the function's log for which of them it was. If it was memory, deploy with a larger "
            "MemorySize. If it was the time-out, have requests hold fewer rows: deploy with a lower MaxRows. If it "
            "began with a release, roll back.",
        ),
        ErrorAnswer(
            504,
            "gateway_error",
            NO_ANSWER,
            when="API Gateway waited 29 s for the function, in vain.",
            action="See the function's metric `Duration` and its traces in X-Ray for what was slow. The function ends "
            "itself after 20 s, so the wait was before it: a cold start that was repeated, or AWS itself.",
        ),
    ),
}
"""By the name of the GatewayResponse; `DEFAULT_4XX` stands for whatever has no name of its own."""
