"""The monitor's entry: what it answers, that each failure is logged in JSON and raised, and what it never imports."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto import mock_aws

from handler.monitor import MonitorFailed, lambda_handler
from tests.unit.handler.monitoring.drift.windows import older_manifest
from tests.unit.handler.monitoring.monitor.cloud import ENVIRONMENT, GROUP, Cloud, Invocation

NEVER = ("sklearn", "scipy", "joblib", "onnxruntime", "pandas", "handler.engines", "handler.serving", "handler.api")
SECRET = "a text that nobody should read"


@dataclass(frozen=True)
class Broken(Invocation):
    """A context that fails in a way that nobody foresaw."""

    def get_remaining_time_in_millis(self) -> int:
        raise KeyError(SECRET)


def invoke(context: Invocation = Invocation()) -> Any:  # noqa: B008 - it is frozen
    return lambda_handler({}, context)  # type: ignore[arg-type] # as much of a context as is read


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        yield Cloud()


def failures(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.message == "monitor failed"]


def test_it_answers_the_verdict_in_short_and_nothing_before_there_is_a_version(cloud: Cloud) -> None:
    assert invoke() == {"verdict": None}
    manifest = older_manifest("format_1/iris.json")
    cloud.promote(manifest)
    answer = {"verdict": "no_traffic", "version": manifest.version, "rows": 0, "worst_psi": 0.0, "drifted": []}
    assert invoke() == json.loads(json.dumps(answer))


def test_a_failure_is_logged_with_its_reason_and_raised(cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    cloud.promote(older_manifest("format_1/iris.json"))
    cloud.logs.delete_log_group(logGroupName=GROUP)
    with pytest.raises(MonitorFailed, match=GROUP) as failed:
        invoke()
    assert failed.value.__suppress_context__
    (line,) = failures(caplog)
    assert (line.levelname, line.error) == ("ERROR", "LogGroupMissing")
    assert GROUP in line.reason


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("hours", ["0", "169", "many"])
def test_a_setting_that_cannot_be_is_a_failure_that_names_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, hours: str
) -> None:
    monkeypatch.setenv("DRIFT_HOURS", hours)
    with pytest.raises(MonitorFailed, match="DRIFT_HOURS must be a whole number from 1 to 168"):
        invoke()
    assert [line.error for line in failures(caplog)] == ["InvalidSettings"]


def test_a_bug_is_told_by_its_name_and_where_it_is_and_not_by_its_text(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    cloud.promote(older_manifest("format_1/iris.json"))
    with pytest.raises(MonitorFailed, match="KeyError") as failed:
        invoke(Broken())
    (line,) = failures(caplog)
    assert "get_remaining_time_in_millis" in line.trace
    assert SECRET not in f"{failed.value} {line.trace} {line.getMessage()}"


def test_importing_it_imports_no_model_s_library_and_nothing_that_serves() -> None:
    script = "import json, sys, handler.monitor; json.dump(sorted(sys.modules), sys.stdout)"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = json.loads(told.stdout)
    assert "handler.monitoring.monitor.run" in modules
    assert [module for module in modules if module.startswith(NEVER)] == []
