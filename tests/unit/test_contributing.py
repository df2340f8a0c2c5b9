"""CONTRIBUTING.md has steps for each kind of change, and each file, test and target that they name exists."""

import re
from pathlib import Path

import pytest

from tests.makefile import TARGETS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text()
MADE = {".venv", ".venv-function", ".tools"}
"""What make makes; it need not be there."""

CHANGES = {
    *("a route", "a setting", "an error", "a field of the manifest", "a kind of feature", "a task", "an engine"),
    *("a class that gets a twin", "a storage scheme", "a command", "a pinned version", "a metric or an alarm"),
}


def steps() -> dict[str, str]:
    """The text of each change's steps."""
    parts = re.split(r"^### (.*)$", TEXT.split("## The steps of a change")[1], flags=re.MULTILINE)[1:]
    return dict(zip((head.lower() for head in parts[::2]), parts[1::2], strict=True))


def test_there_are_steps_for_each_kind_of_change() -> None:
    assert set(steps()) == CHANGES


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_the_steps_are_numbered_and_end_with_what_to_run(change: str) -> None:
    text = steps()[change]
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    last = re.split(r"^\d+\. ", text, flags=re.MULTILINE)[-1]
    assert re.search(r"pytest tests/|`make test-", last)


def test_every_file_and_folder_that_is_named_exists() -> None:
    spans = {word for span in re.findall(r"`([^`\n]+)`", TEXT) for word in span.split()}
    paths = {word for word in spans if "/" in word and word.split("/")[0] not in MADE}
    assert len(paths) > 50
    # A folder for the format of a manifest is named before it is made.
    assert {path for path in paths if not (ROOT / path).exists()} == {"format_5/"}


def test_every_target_of_make_that_is_named_exists() -> None:
    named = {word for words in re.findall(r"`make ([a-z0-9 -]+)`", TEXT) for word in words.split()}
    assert len(named) > 15
    assert named <= TARGETS, named - TARGETS


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_link_leads_to_a_file_and_a_heading_that_exist(page: str) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text()):
        name, _, heading = link.partition("#")
        if not link.startswith("https://"):
            linked = ROOT / name if name else ROOT / page
            titles = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
            slugs = {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
            assert not heading or heading in slugs, link
