"""Windows are counted once, whatever is read again, and in whichever order."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handler.monitoring.line import lines_of
from handler.monitoring.reading.collected import Collected
from handler.monitoring.window import MOST_BYTES, Window

VERSION, OTHER = "20261130T071500Z-c948d40a", "20261201T071500Z-0123abcd"


def window(version: str = VERSION, rows: int = 1, bins: str = "digest") -> Window:
    return Window(version, bins, 10.0, 20.0, rows, rows, {}, {"5": rows}, {"width": {"3": rows}}, {"": {"=a": rows}})


def line(counted: Window, window_id: str) -> str:
    (only,) = lines_of(counted, window_id=window_id, process="p", service="s")
    return only


def collected(*lines: str, bins: dict[str, str] | None = None) -> Collected:
    found = Collected(bins)
    for each in lines:
        found.take(each)
    return found


def test_windows_of_one_version_add_up_and_versions_are_kept_apart() -> None:
    found = collected(line(window(), "a"), line(window(rows=2), "b"), line(window(OTHER, 5), "c"))
    assert found.windows == {VERSION: window(rows=3), OTHER: window(OTHER, 5)}
    assert (found.lines, found.duplicates, found.refused) == ({VERSION: 2, OTHER: 1}, 0, {})


@given(st.data())
def test_the_order_of_lines_and_how_often_each_comes_make_no_difference(data: st.DataObject) -> None:
    lines = [line(window(version, rows), f"{version}{rows}") for version in (VERSION, OTHER) for rows in (1, 2, 4)]
    read = data.draw(st.permutations(lines + data.draw(st.lists(st.sampled_from(lines), max_size=6))))
    found = collected(*read)
    assert found.windows == {VERSION: window(rows=7), OTHER: window(OTHER, 7)}
    assert found.duplicates == len(read) - len(lines)


def wide() -> Window:
    """A window that is written as several lines."""
    names = [f"{'n' * 200}{number}" for number in range(2 * MOST_BYTES // 200)]
    return replace(window(), features={name: {"3": 1} for name in names})


def test_the_parts_of_one_window_add_up_to_it_and_a_part_that_is_missing_is_told() -> None:
    parts = lines_of(wide(), window_id="a", process="p", service="s")
    assert len(parts) > 1
    whole = collected(*parts, *parts)
    assert (whole.windows[VERSION], whole.incomplete, whole.duplicates) == (wide(), 0, len(parts))
    assert collected(*parts[:-1]).incomplete == 1


def test_other_bins_than_those_of_the_manifest_are_refused_and_counted() -> None:
    lines = line(window(bins="older"), "a"), line(window(), "b"), line(window(bins="older"), "c")
    found = collected(*lines, bins={VERSION: "digest"})
    assert (found.windows, found.refused) == ({VERSION: window()}, {"other_bins": 2})
    assert f"A window of {VERSION} was counted in the bins older" in found.reasons["other_bins"]


def test_a_line_that_says_it_is_a_window_and_is_none_is_refused_with_its_reason() -> None:
    whole = json.loads(line(window(), "a"))
    found = collected(json.dumps(whole | {"rows": "many"}), line(window(), "b")[:-20])
    assert (found.windows, found.refused) == ({}, {"broken": 2})
    assert "its 'rows' is not a whole number" in found.reasons["broken"]


def test_lines_that_are_no_windows_are_passed_over() -> None:
    others = ["START RequestId: 1", "", '{"message": "answered"}', "{", json.dumps({"path": '"message":"window"'})]
    found = collected(*others)
    assert (found.windows, found.refused, found.duplicates) == ({}, {}, 0)
