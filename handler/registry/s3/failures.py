"""What went wrong in a request, read from obstore's exceptions, whose classes say little and whose texts say it all.

A text holds the answer's status and its XML, or a trace of Rust's for what never became an answer. Only the few words
below are taken out of it: none of the rest reaches anybody. A test makes obstore fail in each of these ways.
"""

import re
from dataclasses import dataclass

from handler.errors.model import RegistryError, RegistryUnreachable
from handler.registry.s3.errors import NO_KEY, error_of

STATUS = re.compile(r"non-2xx status code: (\d{3})")
CODE = re.compile(r"<Code>([A-Za-z0-9_.-]{1,64})</Code>")
REGION = re.compile(r"<Region>([a-z0-9-]{1,32})</Region>")
BARE_REDIRECT = "redirect without LOCATION"

NO_ANSWER = (
    # The last of these that fits is the most particular.
    ("kind: Connect", "no connection came about"),
    ("NotPartial", "the answer was not the part that was asked for"),
    ("IncompleteBody", "the answer broke off"),
    ("InvalidCertificate", "its certificate is not trusted for TLS (AWS_CA_BUNDLE names the authorities that are)"),
    ("CaUsedAsEndEntity", "its certificate is an authority's own: give the server one that the authority signed"),
    ("TimedOut", "nothing came in time"),
    ("kind: Timeout", "nothing came in time"),
)

PASSING = frozenset({"ExpiredToken", "RequestTimeout", "SlowDown", "InternalError", "RequestTimeTooSkewed"})
"""Codes that another try may do away with, whatever their status: newer credentials, a clock that was put right."""


@dataclass(frozen=True)
class Failure:
    """A request's end: S3's `code`, or else the `status` or the `reason` why there is none; `region` where S3 named
    the bucket's."""

    status: int = 0
    code: str = ""
    reason: str = ""
    region: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether nothing lies under the key."""
        return (self.code or str(self.status)) in NO_KEY

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed a moment later."""
        answered = self.status or self.code == "301"
        return not answered or self.status >= 500 or self.status in (408, 429) or self.code in PASSING

    def error(self, place: str, host: str, region: str) -> RegistryError:
        """The error of ours for the URI `place`, asked for at `host` as one of `region`."""
        known = error_of(self.code or str(self.status), place, region, self.region)
        if known is not None:
            return known
        said = self.code or f"status {self.status}" if self.status else self.reason
        return RegistryUnreachable(f"S3 did not answer for {place} at {host}: {said}.")


def failure_of(error: Exception) -> Failure:
    """What `error`, which obstore raised for a request, tells."""
    text = str(error)
    status, code, region = STATUS.search(text), CODE.search(text), REGION.search(text)
    if status:
        return Failure(int(status[1]), code[1] if code else "", region=region[1] if region else "")
    if BARE_REDIRECT in text:
        return Failure(code="301")
    reason = "the connection broke"
    for mark, meaning in NO_ANSWER:
        if mark in text:
            reason = meaning
    return Failure(reason=reason)
