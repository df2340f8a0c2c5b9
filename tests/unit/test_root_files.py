"""The files that people and GitHub look for in the root: licence, notice, changelog, and the forms for issues."""

import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FORMS = sorted(path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

APACHE_2_0 = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""The SHA-256 of https://www.apache.org/licenses/LICENSE-2.0.txt."""

NEEDED = {"markdown": "value", "textarea": "label", "input": "label", "dropdown": "label", "checkboxes": "label"}
"""What each type of element must have among its attributes (GitHub Docs, "Syntax for GitHub's form schema")."""

KNOWN = {"name", "description", "body", "title", "labels", "assignees", "projects", "type"}
"""The keys of a form (GitHub Docs, "Syntax for issue forms")."""


def names(pins: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9._-]+)==", pins.read_text(), re.MULTILINE))


def test_the_licence_is_the_whole_text_of_apache_2_0() -> None:
    assert hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == APACHE_2_0
    assert PROJECT["license"] == "Apache-2.0"
    assert all((ROOT / name).is_file() for name in PROJECT["license-files"])


def test_the_notice_names_what_is_in_the_package_and_nothing_else() -> None:
    listed = re.findall(r"^  (\S+)  +\S", (ROOT / "NOTICE").read_text(), re.MULTILINE)
    assert set(listed) == names(ROOT / "handler/requirements.txt")


def test_the_changelog_s_newest_release_is_the_version() -> None:
    heads = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    releases = [head for head in heads if head != "[Unreleased]"]
    matches = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", head) for head in releases]
    assert None not in matches, heads
    found = [(*map(int, match.groups()[:3]), match[4]) for match in matches if match]
    assert found == sorted(found, reverse=True)
    assert releases[0].startswith(f"[{PROJECT['version']}]")


def test_unreleased_stands_first_and_only_with_content() -> None:
    parts = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]
    for place, part in enumerate(parts):
        assert re.search(r"^- ", part, re.MULTILINE), part
        assert place == 0 or not part.startswith("[Unreleased]")
        kinds = set(re.findall(r"^### (.*)$", part, re.MULTILINE))
        assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_there_are_forms() -> None:
    assert [path.name for path in FORMS] == ["bug.yml", "feature.yml"]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_a_form_has_what_github_needs_to_show_it(path: Path) -> None:
    form: dict[str, Any] = yaml.safe_load(path.read_text())
    assert {"name", "description", "body"} <= set(form) <= KNOWN
    body = form["body"]
    assert any(element["type"] != "markdown" for element in body)
    ids = [element["id"] for element in body if element["type"] != "markdown"]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in ids)
    labels = [element["attributes"]["label"] for element in body if element["type"] != "markdown"]
    assert len(set(labels)) == len(labels)
    for element in body:
        assert set(element) <= {"type", "id", "attributes", "validations"}
        assert isinstance(element["attributes"][NEEDED[element["type"]]], str)
        assert type(element.get("validations", {}).get("required", False)) is bool
        options = element["attributes"].get("options", [])
        assert bool(options) == (element["type"] in ("dropdown", "checkboxes"))
        shown = [option["label"] if element["type"] == "checkboxes" else option for option in options]
        assert all(isinstance(option, str) for option in shown)
        assert len(set(shown)) == len(shown)
        assert "none" not in {option.lower() for option in shown}


def test_the_chooser_offers_the_forms_alone() -> None:
    config = yaml.safe_load((ROOT / ".github/ISSUE_TEMPLATE/config.yml").read_text())
    assert config == {"blank_issues_enabled": False}
