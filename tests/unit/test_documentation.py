"""What is written by hand in README.md, docs/ and `make help` agrees with the code."""

import re
from pathlib import Path

import pytest

from ops.reference.api import declared_routes
from training.cli.main import main

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()

TARGETS = set(re.findall(r"^([a-z0-9-]+):.*##", MAKEFILE, re.MULTILINE))
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"build"}
SPANS = re.findall(r"`([^`\n]+)`", README)


def table_rows(*columns: str) -> list[str]:
    """The rows of the README's table with these columns."""
    return README.split(f"| {' | '.join(columns)} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"^make ([a-z0-9-]+)", README, re.MULTILINE))
    named |= {word for span in SPANS for word in re.findall(r"^make ([a-z0-9-]+)", span)}
    assert named
    assert named <= TARGETS


def test_every_public_target_has_a_line_of_help_and_is_phony() -> None:
    phony = {name for line in re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE) for name in line.split()}
    assert phony == TARGETS


def test_the_readme_lists_the_routes_of_the_application() -> None:
    cells = [row.strip("| ").split(" | ")[0] for row in table_rows("route", "answers")]
    listed = {pair for cell in cells for pair in re.findall(r"`(GET|POST) (/[a-z./-]*)`", cell)}
    assert listed == {(method, path) for method, path, _, _ in declared_routes()}


def test_the_readme_lists_the_commands_of_the_command_line() -> None:
    listed = {
        span.split()[0]
        for row in table_rows("command", "does")
        for span in re.findall(r"`([^`]+)`", row.split(" | ")[0])
    }
    assert listed == set(main.commands)


def test_every_option_that_the_readme_names_exists() -> None:
    known = {name for command in main.commands.values() for option in command.params for name in option.opts}
    named = {word for span in SPANS if "training" in span for word in re.findall(r"(?<!\S)(--[a-z-]+)", span)}
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text()
    named = {name for name in re.findall(r"`([\w.-]+(?:/[\w.-]+)+/?)`", text) if name.split("/")[0] in FOLDERS}
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading_that_exist(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text()):
        name, _, heading = link.partition("#")
        linked = page.parent / name
        assert linked.exists(), link
        titles = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
        assert not heading or heading in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}
