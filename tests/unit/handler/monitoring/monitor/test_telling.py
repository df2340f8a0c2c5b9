"""What leaves with an event: names as any text may be, in a form that no message and no size limit breaks on."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handler.monitoring.drift.report import DriftReport
from handler.monitoring.monitor.case import next_case
from handler.monitoring.monitor.settings import MonitorSettings
from handler.monitoring.monitor.telling import MOST_CHARACTERS, event_of, summary
from tests.unit.handler.monitoring.monitor.reports import comparison, report

SETTINGS = MonitorSettings("s3://models/churn", "production", "log-group", 24, "churn-prod")
MOST_BYTES = 256 * 1024
IN_MESSAGES = ("case", "stack", "model", "version", "alias", "summary", "began", "ended", "report")


def event(found: DriftReport) -> Any:
    now = datetime(2026, 2, 1, tzinfo=UTC)
    case = next_case(None, found, now)
    assert case is not None
    return event_of(case, found, SETTINGS, "s3://models/churn/monitoring/churn-prod/drift.html")


names = st.text(max_size=8) | st.sampled_from(['"', "\\", "<case>", "a\nb", "größe (cm)", "\u2028", ""])


@settings(max_examples=40)
@given(names, st.lists(names, min_size=1, max_size=4, unique=True))
def test_each_value_of_a_message_stands_between_quotes_as_it_is(model: str, drifted: list[str]) -> None:
    found = replace(report("drift"), model=model, comparisons=tuple(comparison(name, 0.5, "drift") for name in drifted))
    detail = event(found)
    for name in IN_MESSAGES:
        assert json.loads(f'"{detail[name]}"') == detail[name]
        assert not {"<", ">"} & set(detail[name])
    assert detail["drifted"] == list(found.drifted)


def test_a_plain_name_stays_as_it_is() -> None:
    assert summary(("größe (cm)", "answers: species")) == "größe (cm), answers: species"


def test_many_names_are_counted_and_long_ones_cut() -> None:
    for drifted in (tuple("n" * 500 for _ in range(3)), tuple(map(str, range(1000)))):
        assert summary(drifted).endswith(f"({len(drifted)} in all)")
        assert len(summary(drifted)) < MOST_CHARACTERS + 30


def test_an_event_fits_into_what_eventbridge_takes_however_many_and_long_the_names_are() -> None:
    drifted = (comparison(f"{number}{'ß' * 5000}", 0.5, "drift") for number in range(2000))
    detail = event(replace(report("drift"), model="m" * 5000, comparisons=tuple(drifted)))
    assert len(json.dumps(detail, ensure_ascii=False).encode()) < MOST_BYTES
