"""A case opens on drift, once; it closes when the drift is gone or another version serves; each raises one event."""

from datetime import UTC, datetime, timedelta

import pytest

from handler.monitoring.drift.report import Verdict
from handler.monitoring.monitor.case import COOL_DOWN, Case, InvalidCase, case_from, is_due, next_case, sent
from tests.unit.handler.monitoring.monitor.reports import NEXT_VERSION, report

NOW = datetime(2026, 2, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def opened() -> Case:
    case = next_case(None, report("drift"), NOW)
    assert case is not None
    return case


def closed() -> Case:
    """A case whose event was sent, and which is over an hour later."""
    case = next_case(sent(opened(), NOW), report("none"), NOW + HOUR)
    assert case is not None
    return case


@pytest.mark.parametrize("verdict", ["none", "too_little_data", "no_traffic", "not_known"])
def test_nothing_but_drift_opens_a_case(verdict: Verdict) -> None:
    assert next_case(None, report(verdict), NOW) is None
    assert not is_due(None, report(verdict), NOW)


def test_a_drift_opens_a_case_whose_event_is_due_at_once() -> None:
    case = opened()
    assert case.is_open
    assert (case.drifted, case.worst_psi) == (("age",), 0.5)
    assert is_due(case, report("drift"), NOW)


def test_a_case_that_goes_on_is_the_same_case_and_raises_no_second_event() -> None:
    case = sent(opened(), NOW)
    for hours in (1, 30, 1000):
        later = NOW + hours * HOUR
        assert next_case(case, report("drift", psi=0.9), later) == case
        assert not is_due(case, report("drift"), later)


def test_a_run_that_ended_before_its_event_was_sent_is_followed_by_one_that_sends_it_with_the_same_id() -> None:
    case = opened()
    assert next_case(case, report("drift"), NOW + HOUR) == case
    assert is_due(case, report("drift"), NOW + HOUR)


@pytest.mark.parametrize("verdict", ["too_little_data", "no_traffic", "not_known"])
def test_what_is_not_known_neither_closes_a_case_nor_raises_its_event(verdict: Verdict) -> None:
    case = opened()
    assert next_case(case, report(verdict), NOW + HOUR) == case
    assert not is_due(case, report(verdict), NOW + HOUR)


def test_a_case_closes_when_the_drift_is_gone_and_stays_as_the_newest_one() -> None:
    case = closed()
    assert not case.is_open
    assert next_case(case, report("none"), NOW + 2 * HOUR) == case


def test_another_version_closes_the_case_whatever_its_own_verdict_is() -> None:
    for verdict in ("none", "too_little_data", "no_traffic"):
        case = next_case(sent(opened(), NOW), report(verdict, NEXT_VERSION), NOW + HOUR)
        assert case is not None
        assert not case.is_open


def test_another_version_that_drifts_too_opens_a_case_of_its_own() -> None:
    before = sent(opened(), NOW)
    case = next_case(before, report("drift", NEXT_VERSION), NOW + HOUR)
    assert case is not None
    assert case.is_open
    assert case.version == NEXT_VERSION
    assert case.id != before.id


def test_a_new_case_within_the_cool_down_waits_with_its_event_until_it_is_over() -> None:
    again = next_case(closed(), report("drift"), NOW + 2 * HOUR)
    assert again is not None
    assert again.is_open
    assert not is_due(again, report("drift"), NOW + COOL_DOWN - timedelta(seconds=1))
    assert is_due(again, report("drift"), NOW + COOL_DOWN)


def test_the_cool_down_is_not_begun_anew_by_a_case_that_raised_no_event() -> None:
    case: Case | None = closed()
    for hour in range(2, 24, 2):
        case = next_case(case, report("drift"), NOW + hour * HOUR)
        assert not is_due(case, report("drift"), NOW + hour * HOUR)
        case = next_case(case, report("none"), NOW + (hour + 1) * HOUR)
    case = next_case(case, report("drift"), NOW + 24 * HOUR)
    assert is_due(case, report("drift"), NOW + 24 * HOUR)


def test_a_case_is_read_back_as_it_was_written() -> None:
    for case in (opened(), sent(opened(), NOW), closed()):
        assert case_from(case.to_json().encode()) == case


@pytest.mark.parametrize("change", ['"format_version": 2', '"format_version": "1"', '"other": 1, "format_version": 1'])
def test_a_file_of_another_form_is_refused_with_what_to_do(change: str) -> None:
    text = opened().to_json().replace('"format_version": 1', change)
    with pytest.raises(InvalidCase, match=r"case\.json .*(Delete it|delete it)"):
        case_from(text.encode())


@pytest.mark.parametrize("moment", ["yesterday", "2026-02-01T00:00:00"])
def test_a_time_that_is_no_moment_is_refused(moment: str) -> None:
    text = opened().to_json().replace("2026-02-01T00:00:00+00:00", moment)
    with pytest.raises(InvalidCase):
        case_from(text.encode())


def test_what_is_no_json_is_refused() -> None:
    for data in (b"", b"{", b"\xff", b"[]", b"[" * 100_000):
        with pytest.raises(InvalidCase):
            case_from(data)
