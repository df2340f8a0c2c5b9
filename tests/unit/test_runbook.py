"""docs/runbook.md has a section for each error that the operator can mend, each metric and each alarm."""

import re

import pytest

from handler.errors.catalogue import OF_GATEWAY
from handler.telemetry.metrics import METRICS, MONITOR_METRICS
from ops.commands import ROOT
from ops.reference.runbook import OF_OPERATOR, anchor, gateway_heading

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
WITHOUT_BLOCKS = re.sub(r"^```.*?^```$", "", RUNBOOK, flags=re.MULTILINE | re.DOTALL)
TITLES = re.findall(r"^#+ (.*)$", WITHOUT_BLOCKS, re.MULTILINE)

EVERY_METRIC = (*METRICS, *MONITOR_METRICS)
CODES = [answer.code for answer, _ in OF_OPERATOR]
OF_AWS = [
    "The share of 5xx answers",
    "Lambda throttles the function",
    "The monitor failed",
    "A message about drift was not delivered",
    "Messages were given up",
]
"""What alarms are about that AWS counts by itself."""

HEADINGS = [
    *OF_AWS,
    *(f"`{code}`" for code in CODES),
    *(gateway_heading(answer) for answer in OF_GATEWAY),
    *(f"`{metric.name}`" for metric in EVERY_METRIC),
]


def section(heading: str) -> str:
    """What stands under a heading, up to the next one."""
    return re.split(r"^#+ ", RUNBOOK.split(f"\n### {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def slug(title: str) -> str:
    """The anchor that GitHub and mkdocs give to a title of plain letters."""
    return re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-")


@pytest.mark.parametrize("heading", HEADINGS)
def test_each_has_one_section_with_what_it_means_how_to_see_it_and_what_to_do(heading: str) -> None:
    assert TITLES.count(heading) == 1
    meaning, _, rest = section(heading).strip().partition("\n\n")
    seen, _, action = rest.partition("**What to do.** ")
    assert re.match(r"[A-Z][^\n]+\.", meaning)
    assert re.search(r"^```(sh|logs)\n", seen, re.MULTILINE)
    assert re.match(r"[A-Z`\[][^\n]+\.", action)


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_anchor_of_a_section_is_what_the_rule_says(heading: str) -> None:
    assert anchor(heading) == slug(heading)


def test_the_anchor_of_a_code_is_the_code_and_that_of_a_metric_its_name_in_lower_case() -> None:
    assert [anchor(f"`{code}`") for code in CODES] == CODES
    assert [anchor(f"`{metric.name}`") for metric in EVERY_METRIC] == [metric.name.lower() for metric in EVERY_METRIC]


def test_no_two_titles_of_the_page_have_one_anchor() -> None:
    assert len({slug(title) for title in TITLES}) == len(TITLES)
