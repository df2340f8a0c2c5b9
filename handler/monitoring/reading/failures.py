"""What stands in the way of reading a log group, in our words.

Who asks is not known here: what a person does about credentials is said where the person is.
"""

from handler.errors.base import SklearnOnLambdaError

DENIED = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation", "403"})
NOT_THERE = frozenset({"ResourceNotFoundException", "404"})
TOO_OFTEN = frozenset({"ThrottlingException", "Throttling", "TooManyRequestsException", "LimitExceededException"})
UNKNOWN_CALLER = frozenset(
    {
        *("ExpiredTokenException", "ExpiredToken", "RequestExpired"),
        *("UnrecognizedClientException", "InvalidClientTokenId", "InvalidSignatureException", "IncompleteSignature"),
    }
)


class LogUnreadable(SklearnOnLambdaError):
    """A log group cannot be read; the text names it and says what to do."""


class LogGroupMissing(LogUnreadable):
    """There is no log group of this name, where it is looked for."""


class LogAccessDenied(LogUnreadable):
    """Whoever asks may not read the log group, or is not known to AWS."""


class LogUnreachable(LogUnreadable):
    """CloudWatch Logs gives no answer, or refuses to answer so often."""


def failure(code: str, group: str) -> LogUnreadable:
    """The error for the log group `group` where AWS answered with `code`; an empty one is no answer at all.

    The codes are those of Amazon CloudWatch Logs API Reference, "FilterLogEvents" and "Common Errors".
    """
    if code in NOT_THERE:
        return LogGroupMissing(
            f"There is no log group {group!r} in this account and region: check the name, and AWS_DEFAULT_REGION. The "
            "stack's output LogGroupName has it."
        )
    if code in DENIED:
        return LogAccessDenied(
            f"The log group {group!r} may not be read ({code}): attach the policy of the stack's output "
            "ObservePolicyArn, which allows logs:FilterLogEvents on it."
        )
    if code in UNKNOWN_CALLER:
        return LogAccessDenied(
            f"The log group {group!r} cannot be read: AWS does not take these credentials ({code}). Get new ones."
        )
    if code in TOO_OFTEN:
        return LogUnreachable(
            f"CloudWatch Logs refuses to read {group!r} so often ({code}): wait a minute, and ask for fewer hours."
        )
    said = f"answered {code}" if code else "gave no answer"
    return LogUnreachable(f"The log group {group!r} could not be read: CloudWatch Logs {said}. Try again.")
