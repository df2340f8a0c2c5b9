"""docs/design.md shows the house that stands: its folders, and which way imports point."""

import re
from pathlib import Path

from tests.unit.test_structure import LAYERS

ROOT = Path(__file__).parents[2]
DESIGN = (ROOT / "docs/design.md").read_text()
MADE = {".git"} | {line.strip("/") for line in (ROOT / ".gitignore").read_text().splitlines()}
"""Folders that are not of the project, but are made in its root."""


def test_each_folder_of_the_root_is_named() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir()} - MADE
    assert {name for name in folders if f"`{name}/" not in DESIGN} == set()


def test_each_folder_that_is_named_exists() -> None:
    named = re.findall(r"`([\w./-]+/)`", DESIGN)
    assert named
    assert [name for name in named if not (ROOT / name).is_dir()] == []


def test_imports_are_drawn_as_they_are_tested() -> None:
    for package in ("handler", "training"):
        (drawn,) = re.findall(rf"^{package}   *(.*)$", DESIGN, re.MULTILINE)
        rooms = [room for room in LAYERS[package] if room != "__main__"]
        assert drawn.split(" → ") == rooms
