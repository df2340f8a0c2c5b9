"""What is made of windows and of the monitor's file, and what it looks like on a screen."""

import json
from dataclasses import asdict, replace
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from handler.monitoring.window import LATENCY_LABELS, LATENCY_MILLISECONDS, Window
from tests.unit.training.observed.states import BEFORE, DRIFT, FINDING, SERVING, TRAFFIC, VERSION, state
from training.observed.screen import age, screen
from training.observed.state import DriftSeen, State, Traffic, within

WIDTH = 80


@given(st.lists(st.sampled_from(range(len(LATENCY_LABELS))), min_size=1, max_size=60), st.sampled_from([0.5, 0.99]))
def test_so_many_requests_were_answered_within_the_edge_and_not_within_the_one_before(
    bins: list[int], share: float
) -> None:
    latency = {label: bins.count(place) for place, label in enumerate(LATENCY_LABELS) if place in bins}
    edge = within(latency, share)
    place = len(LATENCY_MILLISECONDS) if edge is None else LATENCY_MILLISECONDS.index(edge)
    assert sum(bin_ <= place for bin_ in bins) >= share * len(bins)
    assert sum(bin_ < place for bin_ in bins) < share * len(bins)


def test_no_request_has_no_time() -> None:
    assert within({}, 0.5) is None


def test_traffic_is_the_sum_of_all_versions_and_names_those_that_answered() -> None:
    windows = {
        VERSION: Window(VERSION, "a", 1.0, 2.0, 10, 30, {"invalid_body": 1}, {"5": 9, "more": 1}),
        "none": Window("none", "b", 1.0, 2.0, 5, 0, {"registry_unreachable": 5}, {"1": 5}),
        BEFORE: Window(BEFORE, "a", 1.0, 2.0, 1, 7, {"invalid_body": 1}, {"20": 1}),
    }
    errors = {"invalid_body": 2, "registry_unreachable": 5}
    assert Traffic.of(windows) == Traffic(16, {VERSION: 30, BEFORE: 7}, errors, 5, None)
    assert Traffic.of({}) == Traffic(0, {}, {}, None, None)


def test_the_monitor_s_file_is_read_as_it_is_written() -> None:
    document = asdict(DRIFT) | {"comparisons": [], "case": None, "hours": 24, "alias": "production"}
    assert DriftSeen.from_monitor(json.dumps(document).encode()) == DRIFT


@pytest.mark.parametrize("change", [{"written_at": "yesterday"}, {"rows": None}, {"drifted": 3}, {"verdict": ...}])
def test_another_file_in_its_place_is_none(change: dict[str, Any]) -> None:
    document = {name: value for name, value in (asdict(DRIFT) | change).items() if value is not ...}
    assert DriftSeen.from_monitor(json.dumps(document).encode()) is None
    assert DriftSeen.from_monitor(b"\xff{") is None
    assert DriftSeen.from_monitor(b"[]") is None


def shown(seen: State) -> str:
    console = Console(file=StringIO(), width=WIDTH, color_system=None, force_terminal=False)
    console.print(screen(seen))
    text = console.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert max(len(line.rstrip()) for line in text.splitlines()) <= WIDTH
    assert "\x1b" not in text
    return str(text)


def test_one_screen_of_80_columns_says_all_of_it() -> None:
    text = shown(state())
    assert len(text.splitlines()) <= 24
    for said in (
        "churn as 'production', 2026-12-01 08:00:00 UTC",
        VERSION,
        "2026-12-01 07:00:00 UTC (60 min ago), by ada@analytical",
        "better on new customers",
        BEFORE,
        "accuracy 0.9667",
        "2,000 rows by this version",
        "120 in the last hour, 3 errors: 3 invalid_body",
        "half ≤ 5 ms, 99 % ≤ 20 ms",
        "the last at 2026-12-01 07:59:30 (30 s ago)",
        "no drift: 2,000 rows, by the monitor of churn, 10 min ago",
        "from commit 0a1b2c3d4e5f",
        "Nothing is wrong.",
    ):
        assert said in text


def test_what_is_wrong_is_numbered_and_has_its_command_and_its_page() -> None:
    text = shown(state(findings=(FINDING, FINDING)))
    assert text.count(f"$ {FINDING.command}") == 2
    assert "2. Something broke." in text
    assert FINDING.page in text
    assert "Nothing is wrong" not in text


def test_what_is_not_known_is_said() -> None:
    nothing = state(serving=None, functions=(), read=(), traffic=None, last_window=None, drift=())
    assert "Serves   nothing" in shown(nothing)
    assert "none are known: name files of log lines with --windows" in shown(nothing)
    assert "were not read" in shown(state(traffic=None))
    silent = state(traffic=Traffic(0, {}, {}, None, None), last_window=None)
    assert "no row in the last hour" in shown(silent)
    slow = state(traffic=replace(TRAFFIC, nearly_all_within_ms=None, answering={BEFORE: 1}))
    assert "half ≤ 5 ms, 99 % > 10,000 ms" in shown(slow)
    assert f"1 row by {BEFORE}" in shown(slow)
    assert f"of {BEFORE}" in shown(state(drift=(replace(DRIFT, version=BEFORE),)))
    assert "computed now" in shown(state(drift=(replace(DRIFT, stack=None, written_at=None),)))


def test_what_others_wrote_cannot_move_the_cursor() -> None:
    hostile = replace(SERVING, reason="\x1b[2J\rgone", by="\u202eyou")
    text = shown(state(serving=hostile, findings=(replace(FINDING, what="\x1b]0;title\x07"),)))
    assert "\\x1b[2J\\x0dgone" in text
    assert "\\u202eyou" in text


@pytest.mark.parametrize(
    ("past", "said"),
    [
        (timedelta(seconds=-3), "0 s"),
        (timedelta(seconds=119), "119 s"),
        (timedelta(minutes=2), "2 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=400), "400 days"),
    ],
)
def test_an_age_is_said_in_its_largest_unit(past: timedelta, said: str) -> None:
    assert age(past) == said
