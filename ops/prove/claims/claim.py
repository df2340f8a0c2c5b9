"""What a claim is, what is seen when it is tried, and what follows from that."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ops.http_client import Answer
from ops.prove.account.asked import Asked
from ops.prove.claims.ground import Ground

Word = Literal["held", "not held", "not shown here"]


@dataclass(frozen=True)
class Seen:
    """One thing that was looked at. `agrees` is None where it could not be seen at all."""

    what: str
    expected: str
    came: str
    agrees: bool | None

    def __str__(self) -> str:
        word = {True: "as claimed", False: "OTHERWISE", None: "not seen"}[self.agrees]
        return f"{self.what}: expected {self.expected}; came {self.came} ({word})"


@dataclass(frozen=True)
class Claim:
    """`calls` are the most calls of each kind that trying it makes; `seconds` is about how long that takes."""

    name: str
    sentence: str
    why: str
    how: str
    calls: Mapping[str, float]
    seconds: int
    look: Callable[[Ground], list[Seen]]


@dataclass(frozen=True)
class Verdict:
    """What came out, with the evidence. `failed` is set where the claim could not be tried to its end."""

    word: Word
    reason: str
    seen: tuple[Seen, ...]
    failed: bool = False


def verdict(seen: list[Seen], *, is_aws: bool) -> Verdict:
    """Held where all was seen and agrees. What is otherwise speaks against the claim on AWS alone."""
    otherwise = [each for each in seen if each.agrees is False]
    unseen = [each for each in seen if each.agrees is None]
    if not seen:
        return Verdict("not shown here", "Nothing was looked at.", ())
    if otherwise and is_aws:
        return Verdict("not held", f"{len(otherwise)} of {len(seen)} came otherwise.", tuple(seen))
    if otherwise:
        first = otherwise[0]
        text = f"This endpoint is not AWS, and it does not do this: {first.what} gave {first.came}."
        return Verdict("not shown here", text, tuple(seen))
    if unseen:
        return Verdict("not shown here", f"Not seen: {unseen[0].what}: {unseen[0].came}.", tuple(seen))
    return Verdict("held", f"All {len(seen)} came as claimed.", tuple(seen))


def call(what: str, came: Asked, status: int, code: str) -> Seen:
    """A call to AWS that must answer by this status and code; one that nothing answered was not seen."""
    agrees = None if came.status == 0 else (came.status, came.code) == (status, code)
    return Seen(what, f"{status} {code}", str(came), agrees)


def answer(what: str, came: Answer, status: int, code: str | None = None) -> Seen:
    """An answer of the API, with the code of the error's body where one is expected; status 0 is no answer at all."""
    body = came.body if isinstance(came.body, dict) else {}
    told = f"{came.status} {body.get('code', '')}".strip()
    request = body.get("request_id") or came.headers.get("x-amzn-requestid", "")
    right_form = code is None or set(body) == {"error", "code", "request_id", "details"}
    agrees = came.status == status and (code is None or body.get("code") == code) and right_form
    came_as = f"{told}, request {request}" if request else told
    return Seen(what, f"{status} {code or ''}".strip(), came_as, agrees if came.status else None)


def fact(what: str, expected: object, came: object) -> Seen:
    """Something that must be this and nothing else."""
    return Seen(what, str(expected), str(came), came == expected)
