"""One call to AWS, and what it answered: success, or AWS's own code with the request's id."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError


@dataclass(frozen=True)
class Asked:
    """`code` is AWS's, or OK; `status` is 0 where nothing answered."""

    code: str
    status: int
    request_id: str
    answer: Any = None

    def __str__(self) -> str:
        named = f", request {self.request_id}" if self.request_id else ""
        return f"{self.status} {self.code}{named}" if self.status else self.code

    @property
    def denied(self) -> bool:
        return (self.status, self.code) == (403, "AccessDenied")


def asked(call: Callable[[], Any]) -> Asked:
    """Make the call; what AWS refuses is an answer too."""
    try:
        answer = call()
    except ClientError as error:
        about: dict[str, Any] = dict(error.response.get("ResponseMetadata", {}))
        code = error.response.get("Error", {}).get("Code", "unknown")
        return Asked(code, about.get("HTTPStatusCode", 0), _request_id(about))
    except (BotoCoreError, OSError) as error:
        return Asked(f"no answer ({type(error).__name__})", 0, "")
    about = answer.get("ResponseMetadata", {}) if isinstance(answer, dict) else {}
    return Asked("OK", about.get("HTTPStatusCode", 200), _request_id(about), answer)


def _request_id(about: dict[str, Any]) -> str:
    headers = about.get("HTTPHeaders", {})
    return str(about.get("RequestId") or headers.get("x-amz-request-id") or headers.get("x-amzn-requestid") or "")
