"""The generated parts of README.md and docs/ are what the code declares now, and nothing is left out."""

import re
from pathlib import Path

import pytest

from handler.errors.catalogue import OF_FUNCTION, OF_GATEWAY
from ops.commands import ROOT
from ops.reference.markdown import table
from ops.reference.pages import PARTS, generated, pages
from ops.reference.template import outputs, template_section
from tests.unit.template import TEMPLATE
from training.cli.main import main

REFERENCE = ROOT / "docs" / "reference.md"


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_the_page_is_what_make_reference_writes(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text == generated(text), "The page is out of date: run `make reference`."


def test_every_part_is_on_a_page_and_every_marker_names_a_part() -> None:
    names = {name for page in pages() for name in re.findall(r"generated: (\S+)", page.read_text())}
    assert names == set(PARTS)


def test_a_part_replaces_what_stood_there_and_nothing_around_it() -> None:
    page = "before\n<!-- generated: outputs -->\nold\n<!-- end -->\nafter\n"
    assert generated(page) == page.replace("old", outputs())


def test_every_error_is_in_the_reference_with_its_sentence_and_what_to_do() -> None:
    text = REFERENCE.read_text()
    for answer in (*OF_FUNCTION, *OF_GATEWAY):
        rows = [line for line in text.splitlines() if line.startswith(f"| {answer.status} | `{answer.code}` |")]
        assert any(answer.action in row and (answer.sentence or "") in row for row in rows), answer


def test_every_option_of_every_command_is_in_the_reference() -> None:
    text = REFERENCE.read_text()
    for name, command in main.commands.items():
        help_text = text.split(f"### `{name}`", 1)[1].split("```", 2)[1]
        assert [
            option
            for each in command.params
            for option in each.opts
            if each.param_type_name == "option" and option not in help_text
        ] == []


def test_every_parameter_and_output_of_the_template_is_in_the_reference() -> None:
    parts = {name: template_section(name) for name in ("Parameters", "Outputs")}
    for section, entries in parts.items():
        said = dict(entries)
        assert set(said) == set(TEMPLATE[section])
        for name, declared in TEMPLATE[section].items():
            assert said[name]["Description"] == declared["Description"]
            assert said[name].get("Default", "") == str(declared.get("Default", ""))


def test_a_bar_in_a_cell_does_not_end_it() -> None:
    assert table(("a",), [("x|y",)]).splitlines()[-1] == r"| x\|y |"
