"""The page of a report: complete, escaped, without a script, and readable without colours."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from handler.monitoring.drift.compared import drift_report
from handler.monitoring.drift.page import MOST_DRAWN, drift_page
from handler.monitoring.drift.plots import MOST_BARS, bars_of
from handler.monitoring.drift.report import DriftReport
from handler.monitoring.drift.words import bins_in_words
from tests.unit.handler.monitoring.drift.windows import empty_window, fitted_to, window_of

ROWS = 2000
NASTY = "<script>alert('x')</script> & \"q\""


class Outline(HTMLParser):
    """The tags of a page, whether each is closed, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def report_of(shift: float = 0.0, names: tuple[str, ...] = ("width", NASTY), rows: int = ROWS) -> DriftReport:
    """Of which the last feature shifted."""
    random = np.random.default_rng(1)
    manifest = fitted_to({name: random.normal(size=ROWS) for name in names})
    now = {name: random.normal(shift if name == names[-1] else 0.0, size=rows) for name in names}
    return drift_report(manifest, window_of(manifest, now, began=0.0, ended=3600.0), 3)


def test_a_page_is_whole_has_no_script_and_asks_for_nothing() -> None:
    page = drift_page(report_of(1), [("2026-01-01 00:00", report_of()), ("2026-01-01 01:00", report_of(1))])
    outline = Outline(page)
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    assert not {"script", "link", "img", "iframe", "object", "a", "form"} & set(outline.tags)
    assert not re.search(r"https?:|url\(|@import|\son[a-z]+=", re.sub(r"&[^;]*;", "", page).replace("onclick", ""))
    assert '<html lang="en">' in page


def test_names_are_escaped_wherever_they_stand() -> None:
    report = report_of(1)
    page = drift_page(replace(report, model=NASTY), [(NASTY, report)])
    assert "<script" not in page
    assert NASTY in Outline(page).text


def test_the_largest_index_comes_first_and_the_verdict_is_said_with_what_to_do() -> None:
    text = Outline(drift_page(report_of(1, ("still", "moved")))).text
    assert "Drift: 1 of 2 comparisons differ by more than chance, over 2,000 rows." in text
    assert "What drifted: moved." in text
    assert "train on fresh data" in text
    assert text.index("moved", text.index("Comparisons")) < text.index("still")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (report_of(), "No drift: none of 2 comparisons"),
        (report_of(rows=15), "Too little data: 15 rows"),
        (drift_report(fitted_to({"x": [1.0, 2.0]}), empty_window(fitted_to({"x": [1.0, 2.0]})), 0), "No traffic"),
    ],
)
def test_each_verdict_has_its_sentence(report: DriftReport, said: str) -> None:
    assert said in Outline(drift_page(report)).text


def test_each_drawing_is_well_formed_and_says_in_words_what_it_shows() -> None:
    page = drift_page(report_of(1), [("then", report_of()), ("gap", replace(report_of(), comparisons=()))])
    drawings = re.findall(r"<svg .*?</svg>", page)
    assert len(drawings) == 5
    for drawing in drawings:
        root = ElementTree.fromstring(drawing)  # noqa: S314 - it is our own
        assert [child.tag for child in root][:2] == ["title", "desc"]
        assert root[1].text
    assert re.search(r"above [\d.]+: 0.0% then, \d+\.\d% now", page)


def test_hundreds_of_features_make_a_page_that_opens() -> None:
    report = report_of(1, tuple(map(str, range(200))))
    page = drift_page(report, [(f"hour {hour}", report) for hour in range(24)])
    assert len(page) < 1_000_000
    assert page.count("<h3>") == MOST_DRAWN + 6
    assert "The other 170 are in the table alone." in page
    assert page.count('<th scope="row">') == 200 + 1 + 24


def test_of_many_categories_those_that_differ_most_have_bars_and_all_rows_are_shown() -> None:
    random = np.random.default_rng(2)
    names = np.array([f"c{number}" for number in range(200)])
    manifest = fitted_to({"x": random.choice(names, ROWS).astype(str).tolist()})
    now = ["c7"] * 500 + random.choice(names, ROWS - 500).tolist()
    bars = bars_of(drift_report(manifest, window_of(manifest, {"x": now}), 1).comparisons[0])
    assert len(bars) == MOST_BARS
    assert "c7" in [bar.label for bar in bars]
    assert bars[-1].label == f"{len(manifest.features[0].categories) - MOST_BARS + 1} others"
    assert sum(bar.then for bar in bars) == pytest.approx(1)
    assert sum(bar.now for bar in bars) == pytest.approx(1)


def test_bins_are_named_by_the_values_that_they_have() -> None:
    values = [0.0] * 70 + [float(number) for number in range(1, 31)]
    manifest = fitted_to({"x": values, "c": ["a", "b"] * 50})
    report = drift_report(manifest, window_of(manifest, {"x": values, "c": ["a", "z"] * 50}), 1)
    number, category = map(bins_in_words, report.comparisons[:2])
    assert number[:3] == ["below 0", "= 0", "over 0 to 0.3"]
    assert number[-2:] == ["above 30", "null"]
    assert category == ["a", "b", "other values", "null"]
