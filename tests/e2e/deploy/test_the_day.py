"""A day of the deployed stack: drift begins, is found and told of once, and is over once a new model serves.

`day/stage.py` is how the day passes.
"""

import re

from ops.stack import NAME
from tests.e2e.deploy.day.orders import DRIFTING, TARGET
from tests.e2e.deploy.day.stage import Day
from tests.e2e.deploy.day.watching import Moment

LINES = 24
"""Of a terminal."""

QUIET = {"drift": "OK", "no-traffic": "OK", "monitor": "OK"}
"""The alarms that look at what the monitor says, and at how it does."""


def of_monitor(alarms: dict[str, str]) -> dict[str, str]:
    return {name: alarms[name] for name in QUIET}


def drifted(moment: Moment) -> set[str]:
    """The features that drifted, on which the monitor and the command agree."""
    assert moment.drift.document["drifted"] == moment.run.report["drifted"] == moment.run.answered["drifted"]
    return {name for name in moment.run.report["drifted"] if ": " not in name}


def findings(moment: Moment) -> list[dict[str, str]]:
    """What `status` finds to be wrong, but for the 503 of earlier stages, which are not an hour ago."""
    found: list[dict[str, str]] = moment.status.document["findings"]
    earlier = {"docs/runbook.md#alias_not_set", "docs/runbook.md#registry_access_denied"}
    return [each for each in found if each["page"] not in earlier or "503" not in each["what"]]


def test_no_request_of_the_day_failed_and_both_models_answered(day: Day) -> None:
    print(f"{day.statuses.total()} requests in {day.seconds:.0f} s: {dict(day.versions)}")
    assert set(day.statuses) == {200}
    assert {day.first, day.second} <= set(day.versions)


def test_the_monitor_has_a_schedule(day: Day) -> None:
    assert (day.schedule["State"], day.schedule["ScheduleExpression"]) == ("ENABLED", "rate(1 hour)")


def test_in_the_morning_there_is_no_drift_and_nobody_is_told_of_one(day: Day) -> None:
    run = day.morning.run
    assert (run.report["verdict"], run.report["version"], run.report["case"]) == ("none", day.first, None)
    assert run.report["rows"] >= 1000
    assert drifted(day.morning) == set()
    assert run.events == []
    assert of_monitor(run.alarms) == QUIET
    assert day.morning.drift.code == 0


def test_the_drift_is_found_with_what_drifted_and_nothing_else(day: Day) -> None:
    run = day.sale.run
    assert (run.report["verdict"], run.report["version"]) == ("drift", day.first)
    assert drifted(day.sale) == DRIFTING
    assert of_monitor(run.alarms) == QUIET | {"drift": "ALARM"}
    assert day.sale.drift.code == 1
    assert "<svg" in run.page


def test_one_event_tells_of_the_drift_and_the_next_run_sends_none(day: Day) -> None:
    (event,) = day.sale.run.events
    case = day.sale.run.report["case"]
    assert (case["closed_at"], day.still.report["case"]) == (None, case)
    assert day.still.report["verdict"] == "drift"
    assert day.still.events == []
    for told in (NAME, "orders", day.first, "production-2", *DRIFTING, case["id"], "drift.html"):
        assert told in event
    assert "<" not in event  # each place of the template is filled


def test_in_the_evening_another_model_serves_and_the_drift_is_over(day: Day) -> None:
    run = day.evening.run
    assert (run.report["verdict"], run.report["version"]) == ("none", day.second)
    assert run.report["rows"] >= 4000
    assert drifted(day.evening) == set()
    assert run.report["case"]["id"] == day.sale.run.report["case"]["id"]
    assert run.report["case"]["closed_at"]
    assert run.events == []
    assert run.rung == {"drift": "OK"}
    assert of_monitor(run.alarms) == QUIET
    assert day.evening.drift.code == 0


def test_status_shows_at_each_step_what_serves_how_well_and_what_is_wrong(day: Day) -> None:
    for moment, serving, before, reason in (
        (day.morning, day.first, None, "another model"),
        (day.sale, day.first, None, "another model"),
        (day.evening, day.second, day.first, "trained on orders of the sale"),
    ):
        assert moment.status.code == 0, moment.status.noted
        shown = moment.status.document
        assert (shown["serving"]["version"], shown["serving"]["reason"]) == (serving, reason)
        assert before in (None, shown["serving"]["before"])
        assert shown["traffic"]["answering"][serving] >= 1000
        assert shown["traffic"]["half_within_ms"] <= shown["traffic"]["nearly_all_within_ms"]
        (seen,) = shown["drift"]
        assert (seen["version"], seen["verdict"]) == (serving, moment.run.report["verdict"])
    assert findings(day.morning) == findings(day.evening) == []
    (finding,) = findings(day.sale)
    assert f"training train --table FILE --target {TARGET}" in finding["command"]
    assert finding["page"] == "docs/drift.md#retraining"


def test_status_is_one_screen_for_people(day: Day) -> None:
    assert day.screen.code == 0, day.screen.noted
    screen = day.screen.noted + day.screen.printed
    for told in (day.second, day.first, "trained on orders of the sale", NAME):
        assert told in screen
    assert re.search(r"Drift +no drift: ", screen)
    assert len(screen.splitlines()) <= LINES, screen
