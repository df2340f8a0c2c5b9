"""The report is one HTML file that needs nothing else, and shows a name as it is written."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from handler.records.signature import Feature
from handler.registry.manifest import Manifest
from tests.unit.training.regression import FIRST_FEATURE, train_diabetes
from training.fit.iris import train_iris
from training.folder.writing import write_folder
from training.report.figures import _distributions
from training.report.page import render_brought_report

VOID = {"meta", "link", "br", "img", "hr", "input"}
POINTING = {"src", "href", "xlink:href", "data", "action", "poster", "srcset"}
WITHIN = ("#", "data:image/")
"""What a target may begin with: a place in the page, or a picture that is written out in it."""


class Page(HTMLParser):
    """What is in a page: its tags, what they point at, its text by tag; fails on tags that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.targets: list[str] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.targets += [value or "" for name, value in attrs if name in POINTING]
        self.targets += re.findall(r"url\(([^)]*)\)", " ".join(value or "" for _, value in attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.append((self.open[-1], data))

    def cells(self) -> list[str]:
        return [text for tag, text in self.texts if tag in ("td", "th")]


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> tuple[Manifest, str]:
    folder = tmp_path_factory.mktemp("report")
    return write_folder(train_diabetes(), folder), (folder / "report.html").read_text()


@pytest.fixture(params=["classification", "regression"])
def written(request: pytest.FixtureRequest, iris_folder: Path, iris_manifest: Manifest) -> tuple[Manifest, str]:
    """The manifest of a model, and its report."""
    if request.param == "classification":
        return iris_manifest, (iris_folder / "report.html").read_text()
    found: tuple[Manifest, str] = request.getfixturevalue("regression")
    return found


def test_the_report_needs_no_other_file(written: tuple[Manifest, str]) -> None:
    page = Page(written[1])
    assert [target[:40] for target in page.targets if not target.strip("\"'").startswith(WITHIN)] == []
    assert page.tags.count("svg") >= 4
    assert not {"script", "link", "iframe", "object", "embed", "base", "img"} & set(page.tags)
    assert "@import" not in written[1]
    style = "".join(text for tag, text in page.texts if tag == "style")
    assert re.findall(r"url\(", style) == []


def test_the_report_begins_as_html_in_utf_8_and_has_a_title(written: tuple[Manifest, str]) -> None:
    manifest, text = written
    assert text.startswith("<!doctype html>")
    assert '<meta charset="utf-8">' in text[:200]
    assert ("title", f"{manifest.name} {manifest.version}") in Page(text).texts


def test_the_report_holds_the_metrics_the_features_and_the_digest(written: tuple[Manifest, str]) -> None:
    manifest, text = written
    cells = Page(text).cells()
    assert all(feature.name in cells for feature in manifest.features)
    assert all(f"{value:.4g}" in cells for value in manifest.metrics.values())
    assert any(manifest.artifact.sha256 in cell for cell in cells)


def test_the_report_says_the_kind_of_each_feature_in_words(iris_manifest: Manifest) -> None:
    features = (
        Feature("age", "number", nullable=True),
        Feature("deck", "category", categories=("A", "B")),
        Feature("class", "category", nullable=True, categories=(1, 2)),
        Feature("member", "boolean", nullable=True),
        Feature("remark", "text", max_length=1000),
        Feature("story", "text"),
    )
    cells = Page(render_brought_report(replace(iris_manifest, features=features))).cells()
    told = {name: cells[cells.index(name) + 1] for name in (feature.name for feature in features)}
    assert told == {
        "age": "number, may be null",
        "deck": "category",
        "class": "category of whole numbers, may be null",
        "member": "boolean, may be null",
        "remark": "text, up to 1,000 characters",
        "story": "text",
    }
    assert "1, 2" in cells


def test_the_report_says_what_its_picture_shows(written: tuple[Manifest, str]) -> None:
    manifest, text = written
    caption = "Confusion matrix" if manifest.task == "classification" else "Actual against predicted values"
    assert ("h2", caption) in Page(text).texts
    assert f'role="img" aria-label="{caption}"' in text


def test_names_are_shown_as_they_are_written_and_never_become_markup(regression: tuple[Manifest, str]) -> None:
    page = Page(regression[1])
    assert FIRST_FEATURE in page.cells()
    assert any("load_diabetes & <more>" in cell for cell in page.cells())
    assert "script" not in page.tags


def test_the_pictures_show_how_long_texts_are_and_none_of_them() -> None:
    secret = "of a person 4711"
    rows = np.array([[secret, True, 1], [None, None, float("nan")], ["", False, 2]], dtype=object)
    features = (
        Feature("remark", "text", nullable=True, max_length=99),
        Feature("member", "boolean", nullable=True),
        Feature("class", "category", nullable=True, categories=(1, 2), gap="NaN"),
    )
    model = replace(train_iris(), features=features, x_test=rows)
    # matplotlib draws letters as paths, and notes in a comment what each says.
    told = re.findall(r"<!-- (.*?) -->", _distributions(model).svg)
    assert {"characters", "True", "False", "1", "2"} <= set(told)
    assert not {secret, "nan", "None"} & set(told)
