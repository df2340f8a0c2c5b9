"""The README, `make help` and the code say the same. Each test fails when one of them goes its own way."""

import re
from pathlib import Path

from handler.api.routes.table import ROUTES
from handler.errors.base import INTERNAL_ERROR
from handler.errors.catalogue import ANSWERS
from handler.settings import VARIABLES, Settings
from training.cli.main import main

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()

TARGETS = set(re.findall(r"^([a-z0-9-]+):.*##", MAKEFILE, re.MULTILINE))
SPANS = re.findall(r"`([^`\n]+)`", README)


def table_rows(*columns: str) -> list[str]:
    """The rows of the README's table with these columns."""
    return README.split(f"| {' | '.join(columns)} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"^make ([a-z0-9-]+)", README, re.MULTILINE))
    named |= {word for span in SPANS for word in re.findall(r"^make ([a-z0-9-]+)", span)}
    assert named <= TARGETS


def test_every_public_target_has_a_line_of_help_and_is_phony() -> None:
    phony = {name for line in re.findall(r"^\.PHONY: (.*)", MAKEFILE, re.MULTILINE) for name in line.split()}
    assert phony == TARGETS


def test_the_readme_lists_the_routes_of_the_application() -> None:
    cells = [row.strip("| ").split(" | ")[0] for row in table_rows("route", "answers")]
    listed = {pair for cell in cells for pair in re.findall(r"`(GET|POST) (/[a-z./-]*)`", cell)}
    assert listed == {(route.method, route.path) for route in ROUTES}


def test_the_readme_lists_every_error_code_under_its_status() -> None:
    listed = {
        (status, code)
        for row in table_rows("status", "codes")
        for cell, codes in [row.strip("| ").split(" | ", 1)]
        for status in cell.split(", ")
        for code in re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)`", codes)
    }
    for answer in (*ANSWERS.values(), INTERNAL_ERROR):
        assert (str(answer.status), answer.code) in listed
    assert {code for _, code in listed} == {answer.code for answer in (*ANSWERS.values(), INTERNAL_ERROR)}


def test_the_readme_lists_every_setting_with_its_default() -> None:
    rows = dict(row.strip("| ").split(" | ")[:2] for row in table_rows("setting", "default", "means"))
    ours = {name.strip("`"): default for name, default in rows.items() if "POWERTOOLS" not in name}
    assert set(ours) == set(VARIABLES)
    defaults = Settings.from_env({"MODEL_URI": "somewhere"})
    for variable, default in ours.items():
        if variable != "MODEL_URI":
            assert default.strip("`") == str(getattr(defaults, variable.lower()))


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
