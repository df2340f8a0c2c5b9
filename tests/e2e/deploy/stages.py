"""What each stage in the life of a stack leaves behind for the tests to look at; conftest.py has the stages."""

from dataclasses import dataclass
from typing import Any

from ops.http_client import Answer
from ops.stack import Stack
from tests.tutorials.bringing import Brought

NEW_CODE = "path_of_the_new_code"
"""The code of the error for unknown paths in the release that the stage `denied` deploys."""

PAGES = "https://pages.example"
"""The origin that the stage `reconfigured` lets ask from a browser."""

OTHER_SCIKIT_LEARN = "1.8.0"
"""What the package and the function of the stage `held_back` say that they have of it."""


@dataclass(frozen=True)
class Unpublished:
    """What the API answered before there was a model."""

    stack: Stack
    prediction: Answer
    health: Answer


@dataclass(frozen=True)
class Serving:
    """A stack that serves `version`, and the first answer it gave."""

    stack: Stack
    version: str
    first: Answer


@dataclass(frozen=True)
class Released:
    """Another version was promoted while the first one served: that version, and what the URL answers since."""

    stack: Stack
    version: str
    answer: Answer
    live_before: str
    live_after: str


@dataclass(frozen=True)
class Redeployed:
    """What a deploy of an unchanged project said, and the stack before and after it."""

    said: str
    before: Stack
    live_before: str
    live_after: str
    after: Stack


@dataclass(frozen=True)
class Reconfigured:
    """What a batch of two rows got once MAX_ROWS was 1, and the versions behind the alias around that deploy."""

    stack: Stack
    answer: Answer
    live_before: str
    live_after: str


@dataclass(frozen=True)
class Denied:
    """What new code answered that may not read the registry, and the versions behind the alias around its deploy."""

    after: Stack
    prediction: Answer
    unknown_path: Answer
    live_before: str
    live_after: str


@dataclass(frozen=True)
class Restored:
    """The first good answer, or the last bad one, after the function got its right back."""

    stack: Stack
    prediction: Answer


@dataclass(frozen=True)
class HeldBack:
    """What the refused deploy and the refused promotion of `version` said, and what the URL answered all the while."""

    stack: Stack
    version: str
    deploy_refused: str
    promotion_refused: str
    answer: Answer


@dataclass(frozen=True)
class Switched:
    """What the check said of the deploy with the new alias, what the URL answers since, and what is on record."""

    stack: Stack
    check_said: str
    answer: Answer
    on_record: list[dict[str, Any]]


@dataclass(frozen=True)
class BroughtModel:
    """A model that was fitted to a DataFrame, the version that it became, and the URL's answer to all of its rows."""

    brought: Brought
    version: str
    answer: Answer


@dataclass(frozen=True)
class Deleted:
    """What the bucket held before and after the stack was deleted, and who answers at the URL since."""

    keys_before: set[str]
    keys_after: set[str]
    answer: Answer
