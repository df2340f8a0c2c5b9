"""Whole runs of the monitor: what it reads, keeps and tells, and what it does when something is missing or broken."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from handler.errors.base import SklearnOnLambdaError
from handler.errors.model import ManifestMismatch
from handler.monitoring.monitor.run import RESERVE_SECONDS, OutOfTime
from handler.monitoring.monitor.telling import EventNotTaken
from handler.monitoring.reading.failures import LogGroupMissing
from handler.monitoring.window import Window
from handler.registry.chain import MANIFEST_FILE, version_key
from handler.registry.manifest import Manifest
from tests.unit.handler.monitoring.drift.windows import empty_window, fitted_to, window_of
from tests.unit.handler.monitoring.monitor.cloud import GROUP, STACK, URI, Cloud, hooked

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FULL = 6
"""Hours that are compared, beside the running one."""

NOW = (datetime.now(UTC) - timedelta(days=3)).replace(minute=30, second=0, microsecond=0)
"""Within the two weeks from which CloudWatch takes lines."""

RANDOM = np.random.default_rng(17)
AGES = RANDOM.normal(40.0, 10.0, 4000)
FITTED = fitted_to({"age": AGES.tolist(), "size": RANDOM.normal(0.0, 1.0, 4000).tolist()})
MANIFEST = replace(FITTED, example=replace(FITTED.example, features=(40.0, 0.0)))
NEXT = replace(MANIFEST, version="20260201T000000Z-" + MANIFEST.version[-8:])


def rows_like(shift: float, rows: int = 3000, manifest: Manifest = MANIFEST) -> Window:
    """Rows that drifted by `shift` standard deviations of the age."""
    columns = {"age": RANDOM.normal(40.0 + 10.0 * shift, 10.0, rows), "size": RANDOM.normal(0.0, 1.0, rows)}
    return window_of(manifest, {name: values.tolist() for name, values in columns.items()}, began=1.0, ended=2.0)


SAME, SHIFTED = rows_like(0.0), rows_like(1.0)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with mock_aws(), Cloud().noting() as cloud:
        cloud.promote(MANIFEST)
        yield cloud


def metrics(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    """The lines in CloudWatch's embedded format."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]


def logged(caplog: pytest.LogCaptureFixture, message: str) -> list[Any]:
    return [record for record in caplog.records if record.message == message]


def test_a_first_run_reads_each_hour_and_writes_the_report_and_the_settled_hours(cloud: Cloud) -> None:
    for hour in range(FULL + 1):
        cloud.log(rows_like(0.0, 300), NOW - hour * HOUR - MINUTE, f"window {hour}")
    report = cloud.run(NOW)
    assert report is not None
    assert (report.verdict, report.rows, report.windows) == ("none", 300 * (FULL + 1), FULL + 1)
    assert len(cloud.hours(MANIFEST.version)) == FULL - 2
    document = json.loads(cloud.get("drift.json"))
    assert (document["verdict"], document["rows"]) == ("none", report.rows)
    assert (document["stack"], document["alias"], document["case"]) == (STACK, "production", None)
    assert cloud.get("drift.html").startswith("<!")
    assert cloud.told == []


def test_what_is_older_than_the_period_is_not_compared(cloud: Cloud) -> None:
    cloud.log(SHIFTED, NOW - (FULL + 2) * HOUR, "before")
    cloud.log(SAME, NOW - HOUR, "within")
    report = cloud.run(NOW)
    assert report is not None
    assert report.rows == SAME.rows


def test_a_second_run_reads_no_settled_hour_again_and_finds_what_came_late(cloud: Cloud) -> None:
    cloud.log(SAME, NOW - 5 * HOUR, "settled")
    cloud.run(NOW)
    cloud.asked.clear()
    cloud.log(SAME, NOW - 90 * MINUTE, "late")
    report = cloud.run(NOW + HOUR)
    assert report is not None
    assert report.rows == 2 * SAME.rows
    assert len(cloud.asked) == 4
    # The log is asked no more for what is in a file: what is written there now is of no consequence.
    cloud.log(SAME, NOW - 5 * HOUR, "after it was settled")
    again = cloud.run(NOW + HOUR)
    assert again is not None
    assert again.rows == report.rows


def test_the_same_lines_give_the_same_report_however_often_they_are_read(cloud: Cloud) -> None:
    cloud.log(SAME, NOW - HOUR, "one")
    cloud.log(SAME, NOW - HOUR, "one")
    assert cloud.run(NOW) == cloud.run(NOW + MINUTE)
    report = cloud.run(NOW + 5 * HOUR)
    assert report is not None
    assert (report.rows, report.windows) == (SAME.rows, 1)


def test_a_monitor_that_was_down_reads_what_it_missed(cloud: Cloud) -> None:
    cloud.run(NOW)
    for hour in range(1, 11):
        cloud.log(rows_like(0.0, 300), NOW + hour * HOUR, f"window {hour}")
    report = cloud.run(NOW + 10 * HOUR + MINUTE, DRIFT_HOURS="10")
    assert report is not None
    assert report.rows == 3000


def test_a_drift_opens_one_case_and_raises_one_event_however_many_runs_find_it(cloud: Cloud) -> None:
    cloud.log(SHIFTED, NOW - HOUR, "shifted")
    for later in range(4):
        report = cloud.run(NOW + later * HOUR)
        assert report is not None
        assert report.verdict == "drift"
    (detail,) = cloud.told
    case = json.loads(cloud.get("case.json"))
    assert detail == {
        "case": case["id"],
        "stack": STACK,
        "model": MANIFEST.name,
        "version": MANIFEST.version,
        "alias": "production",
        "drifted": ["age"],
        "summary": "age",
        "worst_psi": detail["worst_psi"],
        "began": "1970-01-01T00:00:01+00:00",
        "ended": "1970-01-01T00:00:02+00:00",
        "report": f"{URI}/monitoring/{STACK}/drift.html",
    }
    assert detail["worst_psi"] > 0.5
    assert json.loads(cloud.get("drift.json"))["case"]["id"] == case["id"]
    assert case["sent_at"] is not None


def test_a_drift_that_is_over_closes_its_case_and_one_that_comes_back_soon_raises_no_event_yet(cloud: Cloud) -> None:
    cloud.log(SHIFTED, NOW, "shifted")
    cloud.run(NOW + MINUTE)
    (first,) = cloud.told
    cloud.told.clear()
    cloud.log(SAME, NOW + 7 * HOUR, "as before")
    cloud.run(NOW + 8 * HOUR)
    assert json.loads(cloud.get("case.json"))["closed_at"] is not None
    cloud.log(SHIFTED, NOW + 20 * HOUR, "again")
    cloud.run(NOW + 21 * HOUR)
    again = json.loads(cloud.get("case.json"))
    assert (again["closed_at"], again["sent_at"]) == (None, None)
    assert cloud.told == []
    cloud.run(NOW + 25 * HOUR)
    (second,) = cloud.told
    assert second["case"] == again["id"] != first["case"]


def test_another_version_closes_the_case_and_begins_with_its_own_rows(cloud: Cloud) -> None:
    cloud.log(SHIFTED, NOW, "shifted")
    cloud.run(NOW + MINUTE)
    cloud.promote(NEXT)
    report = cloud.run(NOW + 2 * MINUTE)
    assert report is not None
    assert (report.version, report.verdict, report.rows) == (NEXT.version, "no_traffic", 0)
    assert json.loads(cloud.get("case.json"))["closed_at"] is not None
    cloud.log(rows_like(0.0, manifest=NEXT), NOW + 3 * MINUTE, "of the next")
    report = cloud.run(NOW + 4 * MINUTE)
    assert report is not None
    assert (report.verdict, report.rows) == ("none", 3000)


@pytest.mark.parametrize("rows", [0, 20])
def test_too_few_rows_leave_a_case_as_it_is(cloud: Cloud, rows: int) -> None:
    cloud.log(SHIFTED, NOW, "shifted")
    cloud.run(NOW + MINUTE)
    before = cloud.get("case.json")
    if rows:
        cloud.log(rows_like(0.0, rows), NOW + 7 * HOUR, "few")
    report = cloud.run(NOW + 8 * HOUR)
    assert report is not None
    assert report.verdict == ("too_little_data" if rows else "no_traffic")
    assert cloud.get("case.json") == before


def test_a_run_that_could_not_send_its_event_is_followed_by_one_that_does(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.log(SHIFTED, NOW, "shifted")
    refused = ClientError({"Error": {"Code": "ThrottlingException", "Message": "no"}}, "PutEvents")

    def refuse(**_: Any) -> None:
        raise refused

    with (
        hooked(cloud.events, "before-call.events.PutEvents", refuse),
        pytest.raises(EventNotTaken, match="ThrottlingException"),
    ):
        cloud.run(NOW + MINUTE)
    assert [line["Drift"] for line in metrics(capsys)] == [[1.0]]
    assert len(cloud.told) == 1
    cloud.told.clear()
    opened = json.loads(cloud.get("case.json"))
    cloud.run(NOW + 2 * MINUTE)
    cloud.run(NOW + 3 * MINUTE)
    (detail,) = cloud.told
    assert detail["case"] == opened["id"]


def test_of_two_runs_at_once_one_opens_the_case_and_sends_its_event(cloud: Cloud) -> None:
    cloud.log(SHIFTED, NOW, "shifted")
    inner: list[Any] = []

    def overtaken(params: Any, **_: Any) -> None:
        if params["Key"].endswith("case.json") and not inner:
            inner.append(None)
            inner.append(cloud.run(NOW + MINUTE))

    with hooked(cloud.s3, "provide-client-params.s3.PutObject", overtaken):
        report = cloud.run(NOW + MINUTE)
    assert report == inner[1]
    (detail,) = cloud.told
    assert detail["case"] == json.loads(cloud.get("case.json"))["id"]
    assert json.loads(cloud.get("drift.json"))["case"]["id"] == detail["case"]


def test_a_broken_file_of_an_hour_is_read_from_the_log_again_and_mended(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.log(SAME, NOW - 5 * HOUR, "settled")
    whole = cloud.run(NOW)
    name = f"hours/{MANIFEST.version}/{NOW - 5 * HOUR:%Y%m%dT%H}.jsonl"
    kept = cloud.get(name)
    for broken in (kept[:-30], "", "{}\n"):
        cloud.put(f"monitoring/{STACK}/{name}", broken.encode())
        assert cloud.run(NOW + MINUTE) == whole
        assert cloud.get(name) == kept
    assert len(logged(caplog, "hour read again")) == 3


def test_when_time_runs_out_no_part_of_an_hour_is_kept_and_the_next_run_goes_on(cloud: Cloud) -> None:
    for hour in range(3, FULL + 1):
        cloud.log(rows_like(0.0, 300), NOW - hour * HOUR, f"window {hour}")
    left = iter([300.0] * 5)
    with pytest.raises(OutOfTime, match="raise ObserveSeconds"):
        cloud.monitor(NOW, {}, lambda: next(left, RESERVE_SECONDS - 1)).run()
    settled = cloud.hours(MANIFEST.version)
    assert 0 < len(settled) < FULL - 2
    assert not cloud.has("drift.json")
    cloud.asked.clear()
    report = cloud.run(NOW)
    assert report is not None
    assert report.rows == 300 * (FULL - 2)
    assert len(cloud.asked) == FULL + 1 - len(settled)


def test_without_windows_there_is_no_traffic_and_nobody_is_told(
    cloud: Cloud, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.log_text(json.dumps({"level": "INFO", "message": "answered", "status": 200}), NOW - HOUR)
    report = cloud.run(NOW)
    assert report is not None
    assert (report.verdict, report.rows, report.windows) == ("no_traffic", 0, 0)
    assert cloud.told == []
    (line,) = metrics(capsys)
    assert (line["ObservedRows"], line["Drift"], line["service"]) == ([0.0], [0.0], STACK)


def test_before_anything_is_promoted_there_is_nothing_to_monitor_and_nothing_is_counted(
    cloud: Cloud, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.s3.delete_object(Bucket="models", Key="churn/aliases/production.json")
    assert cloud.run(NOW) is None
    assert len(logged(caplog, "nothing to monitor")) == 1
    assert metrics(capsys) == []
    assert not cloud.has("drift.json")


def test_a_manifest_that_the_alias_does_not_vouch_for_is_refused(cloud: Cloud) -> None:
    cloud.put(version_key(MANIFEST.version, MANIFEST_FILE), MANIFEST.to_json().encode() + b"\n")
    with pytest.raises(ManifestMismatch):
        cloud.run(NOW)
    assert not cloud.has("drift.json")


def test_a_log_group_that_is_not_there_is_an_error_that_names_it(cloud: Cloud) -> None:
    cloud.logs.delete_log_group(logGroupName=GROUP)
    with pytest.raises(LogGroupMissing, match=GROUP):
        cloud.run(NOW)


def test_a_bucket_that_is_not_there_is_an_error_that_says_so(cloud: Cloud) -> None:
    with pytest.raises(SklearnOnLambdaError, match="bucket"):
        cloud.run(NOW, MODEL_URI="s3://nowhere/churn")


def test_windows_of_other_bins_and_broken_lines_are_left_out_and_told_of(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.log(SAME, NOW - MINUTE, "good")
    cloud.log(replace(SAME, bins="0123456789abcdef"), NOW - MINUTE, "of other bins")
    cloud.log_text(json.dumps({"message": "window", "version": MANIFEST.version}), NOW - MINUTE)
    report = cloud.run(NOW)
    assert report is not None
    assert report.rows == SAME.rows
    (warning,) = logged(caplog, "windows not counted")
    assert warning.refused == {"other_bins": 1, "broken": 1}


def test_an_hour_without_a_row_is_settled_too(cloud: Cloud) -> None:
    cloud.log(empty_window(MANIFEST), NOW - 5 * HOUR, "empty")
    cloud.run(NOW)
    cloud.asked.clear()
    cloud.run(NOW)
    assert len(cloud.asked) == 3
