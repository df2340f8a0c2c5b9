"""Hours: which are compared, when one is settled, and that its file gives back what was counted or is refused."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.monitoring.monitor.hours import (
    HOUR,
    LATE,
    BrokenHour,
    Counted,
    Hour,
    counted_in,
    hour_file,
    hour_key,
    hours_until,
)
from handler.monitoring.window import MOST_BYTES, Window
from tests.unit.handler.monitoring.monitor.reports import VERSION

NOW = datetime(2026, 2, 1, 0, 30, 5, tzinfo=UTC)
THE_HOUR = Hour(datetime(2026, 1, 31, 23, tzinfo=UTC))
EMPTY = Window(VERSION, "digest")
COUNTED = Counted(Window(VERSION, "digest", 1.0, 2.5, 4, 3, {"not_json": 1}, {"5": 4}, {"age": {"1": 2, "null": 1}}), 2)


def test_the_full_hours_before_now_and_the_running_one_are_compared_in_order() -> None:
    hours = list(hours_until(NOW, 24))
    assert [hours[0].name, hours[-2].name, hours[-1].name] == ["20260131T00", "20260131T23", "20260201T00"]
    assert len(hours) == 25
    assert all(one.end == other.start for one, other in pairwise(hours))


def test_hours_are_those_of_utc_wherever_the_clock_is() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert list(hours_until(elsewhere, 3)) == list(hours_until(NOW, 3))


def test_an_hour_is_settled_once_no_line_of_it_can_come_late_any_more() -> None:
    assert not THE_HOUR.is_settled(THE_HOUR.end + LATE - timedelta(microseconds=1))
    assert THE_HOUR.is_settled(THE_HOUR.end + LATE)
    assert not any(hour.is_settled(NOW) for hour in hours_until(NOW, int(LATE / HOUR)))


def test_an_hour_s_file_stands_under_its_version() -> None:
    assert hour_key(VERSION, THE_HOUR) == f"hours/{VERSION}/20260131T23.jsonl"


counts = st.dictionaries(st.text(max_size=4), st.integers(1, 2**50), max_size=3)
named = st.dictionaries(st.text(max_size=4), counts, max_size=3)
windows = st.builds(
    Window,
    st.just(VERSION),
    st.just("digest"),
    st.none() | st.floats(0, 2**33),
    st.none() | st.floats(0, 2**33),
    st.integers(0, 2**50),
    st.integers(0, 2**50),
    counts,
    counts,
    named,
    named,
    named,
)


@settings(max_examples=30)
@given(windows, st.integers(1, 10**9))
def test_what_was_counted_is_read_back_from_the_file(window: Window, lines: int) -> None:
    counted = Counted(window, lines)
    assert counted_in(hour_file(THE_HOUR, counted, "stack"), THE_HOUR, EMPTY) == counted


def test_an_hour_without_a_window_is_read_back_as_one_without() -> None:
    text = hour_file(THE_HOUR, Counted(EMPTY, 0), "stack")
    assert text.count("\n") == 1
    assert counted_in(text, THE_HOUR, EMPTY) == Counted(EMPTY, 0)


def test_a_window_of_several_lines_is_read_back_whole_and_refused_where_one_is_missing() -> None:
    features = {f"{'n' * 200}{number}": {"1": 1} for number in range(2 * MOST_BYTES // 200)}
    counted = Counted(Window(VERSION, "digest", 1.0, 2.0, 1, 1, features=features), 1)
    text = hour_file(THE_HOUR, counted, "stack")
    assert counted_in(text, THE_HOUR, EMPTY) == counted
    *others, _ = text.splitlines(keepends=True)
    assert len(others) > 1
    with pytest.raises(BrokenHour):
        counted_in("".join(others), THE_HOUR, EMPTY)


@pytest.mark.parametrize(
    ("found", "put"),
    [
        ('"format_version": 1', '"format_version": 2'),
        ("20260131T23", "20260131T22"),
        ('"lines": 2', '"lines": 0'),
        ('"lines": 2', '"lines": "two"'),
        ("digest", "other"),
        (VERSION, "20260201T000000Z-89abcdef"),
        ('"rows"', '"rose"'),
        ('{"message": "hour"', "{"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(found: str, put: str) -> None:
    text = hour_file(THE_HOUR, COUNTED, "stack")
    assert found in text
    with pytest.raises(BrokenHour):
        counted_in(text.replace(found, put), THE_HOUR, EMPTY)


def test_a_file_that_was_cut_off_is_refused_wherever_that_was() -> None:
    text = hour_file(THE_HOUR, COUNTED, "stack")
    for length in range(len(text)):
        with pytest.raises(BrokenHour):
            counted_in(text[:length], THE_HOUR, EMPTY)
