"""`python -m training status`: one screen of a registry, of the functions on record, and of what they counted."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import boto3
import pytest
from click.testing import CliRunner, Result

from handler.monitor import lambda_handler as run_monitor
from handler.registry.alias import Alias
from handler.registry.chain import alias_key
from handler.registry.manifest import sha256
from tests.conftest import Context
from tests.integration.log_groups import answering_in_turn, error, put_lines
from tests.integration.registries import made_at, put_file, put_manifest, put_version, remove_file
from tests.integration.windows import ROWS, function_failing, iris_rows, timed, written_by_functions
from tests.unit.training.observed.states import DRIFT
from tests.unit.training.release.deployed.descriptions import package, record
from training.cli.main import main
from training.cli.status import repaint
from training.observed import log
from training.observed.looking import Look, Places
from training.release.deployed.record import record_key
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store

PROJECT = Path(__file__).parents[2]
GROUP = "/aws/lambda/churn-predict"


def run(*arguments: str, uri: Path | str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["status", *arguments, "--model-uri", str(uri)], input=given)


def document(*arguments: str, uri: Path | str) -> Any:
    """The one JSON document on standard output."""
    result = run(*arguments, "--json", uri=uri)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def wrong(seen: Any) -> list[str]:
    """What is wrong, by the commands."""
    return [finding["command"] for finding in seen["findings"]]


@pytest.fixture
def registry(iris: TrainedFolder, tmp_path: Path) -> Path:
    """A registry of this test's own from which Iris serves."""
    root = tmp_path / "iris"
    put_version(str(root), iris)
    put_manifest(str(root), iris.manifest)
    return root


@pytest.fixture(scope="module")
def served(iris: TrainedFolder, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What functions wrote that were asked for rows as in training."""
    root = str(tmp_path_factory.mktemp("registry"))
    put_version(root, iris)
    put_manifest(root, iris.manifest)
    return written_by_functions(root, iris_rows(ROWS, seed=1), iris_rows(ROWS, seed=2), OBSERVE_SECONDS="1")


def promoted(uri: str, folder: TrainedFolder, previous: str | None, since: datetime) -> None:
    """Let a version serve since a moment, in the place of another."""
    data = folder.manifest.to_json().encode()
    moment = since.isoformat(timespec="microseconds")
    alias = Alias(1, folder.manifest.version, sha256(data), moment, "ada", "better", previous)
    put_file(uri, alias_key("production"), alias.to_json().encode())


def test_a_folder_alone_says_what_serves_and_that_no_windows_are_known(registry: Path, iris: TrainedFolder) -> None:
    seen = document(uri=registry)
    assert (seen["serving"]["version"], seen["serving"]["by"]) == (iris.manifest.version, "tests")
    assert seen["serving"]["metrics"] == iris.manifest.metrics
    assert (seen["traffic"], seen["read"], seen["drift"], seen["findings"]) == (None, [], [], [])
    result = run(uri=registry)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "name files of log lines with --windows" in result.stderr


def test_a_folder_with_what_serve_printed_says_how_well(registry: Path, iris: TrainedFolder, served: str) -> None:
    path = registry.parent / "windows.log"
    path.write_text(served)
    seen = document("--windows", str(path), uri=registry)
    assert seen["traffic"]["answering"] == {iris.manifest.version: 2 * ROWS}
    assert seen["traffic"]["requests"] >= 2
    assert [(each["verdict"], each["rows"], each["stack"]) for each in seen["drift"]] == [("none", 2 * ROWS, None)]
    assert wrong(seen) == []
    assert "Nothing is wrong." in run("--windows", "-", uri=registry, given=served).stderr


def test_windows_older_than_an_hour_are_no_traffic_of_the_last_hour(registry: Path, served: str) -> None:
    path = registry.parent / "windows.log"
    path.write_text(served)
    later = datetime.now(UTC) + timedelta(hours=1, minutes=1)
    seen = Look(open_writable_store(str(registry)), "production", Places((str(path),)), later).state()
    assert (seen.traffic and seen.traffic.requests, seen.drift[0].rows) == (0, 2 * ROWS)
    assert seen.last_window is not None


def test_a_registry_without_a_release_says_so_and_how_to_make_one(tmp_path: Path) -> None:
    seen = document(uri=tmp_path)
    assert seen["serving"] is None
    assert "training promote VERSION" in seen["findings"][0]["command"]


def test_what_served_before_comes_from_the_alias(registry: Path, iris: TrainedFolder) -> None:
    newer = made_at(iris, 1)
    put_version(str(registry), newer)
    promoted(str(registry), newer, iris.manifest.version, datetime.now(UTC))
    seen = document(uri=registry)
    assert (seen["serving"]["version"], seen["serving"]["before"]) == (newer.manifest.version, iris.manifest.version)
    assert (seen["serving"]["by"], seen["serving"]["reason"]) == ("ada", "better")


def test_a_version_that_still_answers_after_the_next_was_promoted_is_found(
    registry: Path, iris: TrainedFolder, served: str
) -> None:
    newer = made_at(iris, 1)
    put_version(str(registry), newer)
    path = registry.parent / "windows.log"
    path.write_text(served)
    promoted(str(registry), newer, iris.manifest.version, datetime.now(UTC))
    assert wrong(document("--windows", str(path), uri=registry)) == []
    promoted(str(registry), newer, iris.manifest.version, datetime.now(UTC) - timedelta(hours=1))
    seen = document("--windows", str(path), uri=registry)
    assert ["refresh failed" in command for command in wrong(seen)] == [True]
    assert iris.manifest.version in seen["findings"][0]["what"]


def test_a_version_that_was_changed_or_is_gone_is_found(registry: Path, iris: TrainedFolder) -> None:
    manifest = f"versions/{iris.manifest.version}/manifest.json"
    put_file(str(registry), manifest, b"{}")
    assert "training rollback" in wrong(document(uri=registry))[0]
    remove_file(str(registry), manifest)
    assert "training rollback" in wrong(document(uri=registry))[0]


def test_requests_that_found_no_model_are_errors_with_their_section(tmp_path: Path) -> None:
    path = tmp_path / "windows.log"
    path.write_text(function_failing(str(tmp_path)))
    seen = document("--windows", str(path), uri=tmp_path)
    assert set(seen["traffic"]["errors"]) == {"alias_not_set"}
    assert "docs/runbook.md#alias_not_set" in [finding["page"] for finding in seen["findings"]]


@pytest.fixture
def deployed(bucket: str, iris: TrainedFolder, served: str) -> Iterator[str]:
    """Iris on S3, served by a function on record whose log group has windows."""
    uri = f"s3://{bucket}/iris"
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    put_file(uri, record_key("churn"), record("churn").to_json().encode())
    put_lines(GROUP, timed(served))
    yield uri
    client: Any = boto3.client("logs")
    for group in client.describe_log_groups()["logGroups"]:
        client.delete_log_group(logGroupName=group["logGroupName"])


def monitored(uri: str, version: str, **changed: Any) -> None:
    """What the monitor of the stack wrote."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    seen = replace(DRIFT, version=version, **({"written_at": now} | changed))
    put_file(uri, "monitoring/churn/drift.json", json.dumps(asdict(seen)).encode())


def test_a_deployed_model_is_seen_by_its_record_its_log_group_and_its_monitor(
    deployed: str, iris: TrainedFolder
) -> None:
    seen = document(uri=deployed)
    assert (seen["read"], seen["functions"][0]["stack"]) == ([GROUP], "churn")
    assert seen["traffic"]["answering"] == {iris.manifest.version: 2 * ROWS}
    assert seen["drift"][0]["stack"] is None
    monitored(deployed, iris.manifest.version, verdict="drift", drifted=("petal width (cm)",))
    seen = document(uri=deployed)
    assert (seen["drift"][0]["verdict"], seen["drift"][0]["stack"]) == ("drift", "churn")
    assert ["training train --table" in command for command in wrong(seen)] == [True]


@dataclass(frozen=True)
class MonitorContext(Context):
    """Lambda's context, as far as the monitor reads it."""

    def get_remaining_time_in_millis(self) -> int:
        return 100_000


def test_what_the_monitor_itself_wrote_is_the_verdict_that_is_shown(
    deployed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"MODEL_URI": deployed, "LOG_GROUP": GROUP, "POWERTOOLS_SERVICE_NAME": "churn"}.items():
        monkeypatch.setenv(name, value)
    assert run_monitor({}, cast(Any, MonitorContext()))["verdict"] == "none"
    (drift,) = document(uri=deployed)["drift"]
    assert (drift["verdict"], drift["rows"], drift["stack"]) == ("none", 2 * ROWS, "churn")
    assert "Nothing is wrong." in run(uri=deployed).stderr


def test_each_thing_that_is_wrong_with_a_deployed_model_is_found(deployed: str, iris: TrainedFolder) -> None:
    long_ago = (datetime.now(UTC) - timedelta(hours=3)).isoformat(timespec="seconds")
    monitored(deployed, iris.manifest.version, written_at=long_ago)
    older = replace(record("churn"), package=package(scikit_learn="1.8.0"))
    put_file(deployed, record_key("churn"), older.to_json().encode())
    put_file(deployed, record_key("broken"), b"{}")
    commands = wrong(document(uri=deployed))
    assert sum("churn-monitor" in command for command in commands) == 1
    assert sum(command == "make deploy MODEL_NAME=iris STACK_NAME=churn" for command in commands) == 1
    assert sum("functions --forget broken" in command for command in commands) == 1
    assert len(commands) == 3


def test_a_model_without_a_function_on_record_is_found_and_a_log_group_can_be_named(deployed: str) -> None:
    remove_file(deployed, record_key("churn"))
    assert any("record-deploy" in command for command in wrong(document(uri=deployed)))
    seen = document("--log-group", GROUP, uri=deployed)
    assert seen["traffic"]["requests"] >= 2
    assert document("--stack", "churn", uri=deployed)["traffic"] == seen["traffic"]


def test_a_function_without_windows_is_found(deployed: str) -> None:
    client: Any = boto3.client("logs")
    client.delete_log_group(logGroupName=GROUP)
    client.create_log_group(logGroupName=GROUP)
    assert any("ObserveSeconds=60" in command for command in wrong(document(uri=deployed)))


def test_a_log_that_may_not_be_read_leaves_the_rest_of_the_screen(
    deployed: str, iris: TrainedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "ATTEMPTS", 1)
    with answering_in_turn([error("AccessDeniedException")]) as (url, _), monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url)
        seen = document(uri=deployed)
        told = run(uri=deployed).stderr
    assert (seen["serving"]["version"], seen["traffic"]) == (iris.manifest.version, None)
    assert "ObservePolicyArn" in seen["findings"][0]["what"]
    assert "were not read" in told


def test_a_registry_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    result = run(uri=tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


@pytest.mark.parametrize("more", [["--json"], ["--windows", "-"]])
def test_watching_takes_nothing_that_can_be_read_once_alone(registry: Path, more: list[str]) -> None:
    assert run("--watch", "5", *more, uri=registry, given="x").exit_code == 2


def test_watching_looks_again_until_it_is_interrupted(
    registry: Path, iris: TrainedFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = made_at(iris, 1)
    put_version(str(registry), newer)
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        promoted(str(registry), newer, iris.manifest.version, datetime.now(UTC))
        if len(waits) == 2:
            raise KeyboardInterrupt

    store = open_writable_store(str(registry))
    repaint(lambda: Look(store, "production", Places(), datetime.now(UTC)).state(), 7, wait)
    printed = capsys.readouterr().err
    assert waits == [7, 7]
    assert printed.index(f"Serves      {iris.manifest.version}") < printed.index(
        f"Serves      {newer.manifest.version}"
    )


def test_ctrl_c_ends_watching_with_0_and_no_trace(registry: Path) -> None:
    words = [sys.executable, "-m", "training", "status", "--watch", "1", "--model-uri", str(registry)]
    watching = subprocess.Popen(
        words, cwd=PROJECT, stderr=subprocess.PIPE, text=True, env={**os.environ, "TERM": "dumb"}
    )
    assert watching.stderr is not None
    lines = iter(watching.stderr.readline, "")
    assert any("Nothing is wrong." in line for line in lines)
    watching.send_signal(signal.SIGINT)
    _, left = watching.communicate(timeout=20)
    assert watching.returncode == 0
    assert "Traceback" not in left
