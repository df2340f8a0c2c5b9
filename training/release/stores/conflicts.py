"""Writes again where S3 reports that two writers met: a conflict says nothing about what is under the key.

S3 answers 409 where another request on the key is under way while it checks a condition, and asks for a retry (S3 API
Reference, "PutObject", `If-None-Match` and `If-Match`). botocore does not repeat these by itself.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from handler.errors.model import RegistryUnreachable

ATTEMPTS = 6
FIRST_WAIT_SECONDS = 0.1
"""The longest first wait, doubled after each attempt; each is drawn from nothing to that: 1.5 s in all on average."""

Result = TypeVar("Result")


def despite_conflicts(write: Callable[[], Result], place: str) -> Result:
    """What `write` returns, called again after each conflict; raises RegistryUnreachable where they do not end."""
    for attempt in range(ATTEMPTS):
        try:
            return write()
        except ClientError as error:
            if not is_conflict(error):
                raise
        if attempt < ATTEMPTS - 1:
            time.sleep(random.uniform(0, FIRST_WAIT_SECONDS * 2**attempt))  # noqa: S311 - it only spreads writers
    raise RegistryUnreachable(
        f"{place} could not be written: other writers were in the way {ATTEMPTS} times; try again."
    )


def is_conflict(error: ClientError) -> bool:
    """Whether S3 refused a request only because of another one at the same time."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return status == 409 or error.response["Error"]["Code"] == "ConditionalRequestConflict"
