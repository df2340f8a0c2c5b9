"""What is written by hand in README.md, docs/ and `make help` agrees with the code."""

import re
import subprocess
from pathlib import Path

import pytest

from handler.api.http.event import PAYLOAD_BYTES
from handler.settings import SETTINGS
from tests.makefile import MAKEFILE, TARGETS
from tests.unit.template import TEMPLATE

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()

PAGES = (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")))
MADE = {"build", ".aws-sam"}
"""What commands make: a page may name a file of theirs that is not there yet."""
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - MADE
MOST_WORDS = 900


def test_every_public_target_has_a_line_of_help_and_is_phony() -> None:
    phony = {name for line in re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE) for name in line.split()}
    assert phony == TARGETS


def test_every_target_stands_under_a_heading_and_make_alone_prints_both() -> None:
    printed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    headings = re.findall(r"^##@ (.+)$", MAKEFILE, re.MULTILINE)
    assert re.findall(r"^(\S.+)$", printed, re.MULTILINE) == headings
    assert not re.search(r"^[a-z0-9-]+:.*##", MAKEFILE.partition("##@ ")[0], re.MULTILINE)
    assert set(re.findall(r"^  make ([a-z0-9-]+) +\S", printed, re.MULTILINE)) == TARGETS


def test_the_readme_is_short_and_leaves_tables_to_the_other_pages() -> None:
    assert len(README.split()) <= MOST_WORDS
    assert not re.search(r"^\|", README, re.MULTILINE)


def test_the_readme_leads_to_every_page_that_is_for_users() -> None:
    assert set(re.findall(r"\]\(docs/([\w-]+\.md)", README)) >= {
        "bring-your-model.md", "tables.md", "client.md", "runbook.md", "operations.md", "reference.md", "security.md",
        "design.md", "cold-start.md", "faults.md", "not-here.md",
    }  # fmt: skip


def test_the_limits_that_the_readme_names_are_those_of_the_code() -> None:
    parameters, function = TEMPLATE["Parameters"], TEMPLATE["Resources"]["PredictFunction"]["Properties"]
    (rows,) = (each.default for each in SETTINGS if each.variable == "MAX_ROWS")
    assert f"{int(rows or 0):,} rows by default, and {function['Timeout']} seconds" in README
    assert f"{parameters['MemorySize']['Default']:,} MB" in README
    assert f"up to {PAYLOAD_BYTES // 2**20} MB" in README


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    named = {name for name in re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", text) if name.split("/")[0] in FOLDERS}
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if link.startswith("https://"):
            continue
        name, _, heading = link.partition("#")
        linked = page.parent / name if name else page
        assert linked.exists(), link
        titles = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
        assert not heading or heading in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
