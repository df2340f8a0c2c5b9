"""How everything of one run is called, so that nothing else is ever taken for it."""

import re
import secrets
from typing import Final

PREFIX: Final = "prove-"
RUN: Final = re.compile(r"prove-[0-9a-f]{8}")
BELONGS: Final = re.compile(r"(prove-[0-9a-f]{8})(?![0-9a-z])")
"""What a name begins with that belongs to a run."""
PROJECT_TAG: Final = {"project": "sklearn-on-lambda"}


def new_name() -> str:
    """A run's name, which nobody else has."""
    return f"{PREFIX}{secrets.token_hex(4)}"


def tags(name: str) -> dict[str, str]:
    """The tags of everything that the run `name` makes and that takes tags."""
    return {**PROJECT_TAG, "prove": name}


def tag_list(name: str) -> list[dict[str, str]]:
    """The tags as most of AWS takes them."""
    return [{"Key": key, "Value": value} for key, value in tags(name).items()]


def run_of(resource: str) -> str | None:
    """The run that a bucket, stack, role, user, key or log group of this name belongs to; None for anybody else's."""
    match = BELONGS.match(resource.removeprefix("/aws/lambda/"))
    return match[1] if match else None
