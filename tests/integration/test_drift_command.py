"""`python -m training drift`: from the rows that the real handler was asked for to a verdict and an exit code."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner, Result

from handler.monitoring.line import lines_of, parse_line
from tests.integration.log_groups import answering_in_turn, error, put_lines
from tests.integration.registries import made_at, put_file, put_manifest, put_version
from tests.integration.windows import ROWS, iris_rows, timed, written_by_functions
from tests.unit.training.release.deployed.descriptions import record
from training.cli import drift as drift_module
from training.cli.main import main
from training.observed import log
from training.release.deployed.record import record_key
from training.release.publish import TrainedFolder

PROJECT = Path(__file__).parents[2]


def run(*arguments: str, uri: Path | str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["drift", *arguments, "--model-uri", str(uri)], input=given)


def document(result: Result) -> Any:
    """The one JSON document on standard output."""
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def registry(iris: TrainedFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where Iris serves."""
    root = tmp_path_factory.mktemp("registry") / "iris"
    put_version(str(root), iris)
    put_manifest(str(root), iris.manifest)
    return root


@pytest.fixture(scope="module")
def logs(registry: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files with what functions wrote: of rows as in training, of moved ones, of few, and of none."""
    folder = tmp_path_factory.mktemp("logs")
    batches = {
        "same": [iris_rows(ROWS, seed=1), iris_rows(ROWS, seed=2)],
        "moved": [iris_rows(ROWS, 1.0, seed=3), iris_rows(ROWS, 1.0, seed=4)],
        "few": [iris_rows(3)],
    }
    texts = {name: written_by_functions(str(registry), *rows) for name, rows in batches.items()}
    files = {name: folder / f"{name}.log" for name in (*texts, "none")}
    for name, path in files.items():
        path.write_text(texts.get(name, "INFO: started\n"))
    return files


@pytest.mark.parametrize(
    ("name", "code", "verdict", "rows"),
    [
        ("same", 0, "none", 2 * ROWS),
        ("moved", 1, "drift", 2 * ROWS),
        ("few", 0, "too_little_data", 3),
        ("none", 0, "no_traffic", 0),
    ],
)
def test_the_exit_code_is_1_for_drift_alone(
    registry: Path, logs: dict[str, Path], name: str, code: int, verdict: str, rows: int
) -> None:
    result = run("--windows", str(logs[name]), "--json", uri=registry)
    assert result.exit_code == code, result.stderr
    found = document(result)
    assert (found["verdict"], found["rows"], found["duplicates"]) == (verdict, rows, 0)
    assert found["drifted"] == (["sepal length (cm)"] if code else [])


def test_a_person_reads_the_verdict_first_and_each_comparison_in_a_table(registry: Path, logs: dict[str, Path]) -> None:
    result = run("--windows", str(logs["moved"]), uri=registry)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Drift: 1 of 6 comparisons differ by more than chance, over 2,000 rows.")
    assert re.search(r"^sepal length \(cm\) +drift +[1-9]\.\d+", result.stderr, re.MULTILINE)
    assert re.search(r"^answers: species ", result.stderr, re.MULTILINE)


def test_a_log_without_a_window_says_why_there_may_be_none(registry: Path, logs: dict[str, Path]) -> None:
    result = run("--windows", str(logs["none"]), uri=registry)
    assert result.exit_code == 0
    assert "OBSERVE_SECONDS" in result.stderr


def test_the_page_has_the_hours_and_the_whole(registry: Path, logs: dict[str, Path], tmp_path: Path) -> None:
    page = tmp_path / "drift.html"
    assert run("--windows", str(logs["moved"]), "--page", str(page), uri=registry).exit_code == 1
    text = page.read_text()
    assert "sepal length (cm)" in text
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:00", text)


def test_files_that_overlap_count_each_window_once_and_standard_input_is_a_file(
    registry: Path, logs: dict[str, Path]
) -> None:
    words = ["--windows", str(logs["same"]), "--windows", "-", "--windows", str(logs["same"]), "--json"]
    found = document(run(*words, uri=registry, given=logs["few"].read_text()))
    assert (found["rows"], found["windows"], found["duplicates"]) == (2 * ROWS + 3, 3, 2)


def of_another_version(text: str, version: str, bins: str | None = None) -> str:
    """The windows of a log, as those of another version, or of other bins."""
    parts = [part for line in text.splitlines() if (part := parse_line(line))]
    lines = [
        lines_of(
            replace(part.window, version=version, bins=bins or part.window.bins),
            window_id=f"other {part.window_id}",
            process=part.process,
            service=part.service,
        )
        for part in parts
    ]
    return "\n".join(line for each in lines for line in each) + "\n"


def test_windows_of_another_version_are_named_and_not_compared(
    registry: Path, logs: dict[str, Path], iris: TrainedFolder, tmp_path: Path
) -> None:
    path = tmp_path / "both.log"
    others = of_another_version(logs["moved"].read_text(), "20200101T000000Z-01234567")
    path.write_text(logs["same"].read_text() + others)
    result = run("--windows", str(path), uri=registry)
    assert result.exit_code == 0
    assert "There are also 2,000 rows of version 20200101T000000Z-01234567." in result.stderr
    found = document(run("--windows", str(path), "--version", iris.manifest.version, "--json", uri=registry))
    assert found["other_versions"] == {"20200101T000000Z-01234567": 2 * ROWS}


def test_windows_in_other_bins_are_counted_as_refused_and_where_all_are_it_is_a_failure(
    registry: Path, logs: dict[str, Path], iris: TrainedFolder, tmp_path: Path
) -> None:
    path = tmp_path / "bins.log"
    path.write_text(of_another_version(logs["moved"].read_text(), iris.manifest.version, bins="0123456789abcdef"))
    found = document(run("--windows", str(path), "--windows", str(logs["same"]), "--json", uri=registry))
    assert (found["verdict"], found["refused"]) == ("none", {"other_bins": 2})
    result = run("--windows", str(path), uri=registry)
    assert result.exit_code == 2
    assert "None of the 2 windows that there are can be counted." in result.stderr


def test_another_version_is_compared_where_one_is_named(
    registry: Path, logs: dict[str, Path], iris: TrainedFolder, tmp_path: Path
) -> None:
    older = made_at(iris, 1)
    put_version(str(registry), older)
    path = tmp_path / "older.log"
    path.write_text(of_another_version(logs["moved"].read_text(), older.manifest.version))
    words = ["--windows", str(path), "--json"]
    assert run(*words, uri=registry).exit_code == 0
    assert run(*words, "--version", older.manifest.version, uri=registry).exit_code == 1


@pytest.mark.parametrize(
    ("words", "rows"),
    [
        (["--since", "2020-01-01"], 2 * ROWS),
        (["--hours", "1"], 2 * ROWS),
        (["--since", "2020-01-01", "--until", "2020-01-02T00:00+01:00"], 0),
        (["--hours", "1", "--until", "2020-01-02T00:00:00Z"], 0),
    ],
)
def test_only_windows_of_the_time_that_was_asked_for_count(
    registry: Path, logs: dict[str, Path], words: list[str], rows: int
) -> None:
    assert document(run("--windows", str(logs["same"]), *words, "--json", uri=registry))["rows"] == rows


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--windows", "absent.log"], "give a file of log lines, or - for standard input"),
        (["--windows", "."], "'.' is a folder"),
        (["--since", "yesterday"], "give one such as 2026-01-31T23:00, in UTC"),
        (["--since", "2030-01-01"], "--since must be before --until, and before now"),
        (["--since", "2020-01-02", "--until", "2020-01-01"], "--since must be before --until"),
        (["--since", "2020-01-02", "--hours", "3"], "give one of them"),
        (["--hours", "1e300"], "--hours is more than there are"),
        (["--log-group", "g", "--stack", "s"], "name different places"),
        (["--stack", "../other"], "is no name of a stack"),
        (["--version", "20300101T000000Z-00000000"], "is not published"),
        ([], "No function on record"),
    ],
)
def test_each_failure_ends_with_2_and_says_what_to_do(
    registry: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words, uri=registry)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize("data", [b"\x1f\x8bnot really", b"\x1f\x8b\x08" + b"\0" * 30])
def test_a_compressed_file_that_is_damaged_is_named(registry: Path, tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "log.gz"
    path.write_bytes(data)
    result = run("--windows", str(path), uri=registry)
    assert result.exit_code == 2
    assert f"Error: {path} is compressed, and cannot be unpacked" in result.stderr


def test_a_file_of_garbage_is_no_traffic_and_a_window_that_breaks_off_is_told(
    registry: Path, logs: dict[str, Path], tmp_path: Path
) -> None:
    path = tmp_path / "garbage"
    path.write_bytes(bytes(range(256)) * 50)
    assert document(run("--windows", str(path), "--json", uri=registry))["verdict"] == "no_traffic"
    lines = logs["same"].read_text().splitlines()
    (first, *_) = (line for line in lines if parse_line(line))
    path.write_text("\n".join([first[:300], *lines]))
    result = run("--windows", str(path), uri=registry)
    assert result.exit_code == 0
    assert "1 window was not counted. A log line says that it is a window, and was cut off" in result.stderr


def test_a_place_where_the_page_cannot_be_written_ends_with_2(registry: Path, logs: dict[str, Path]) -> None:
    result = run("--windows", str(logs["same"]), "--page", "/proc/drift.html", uri=registry)
    assert result.exit_code == 2


def test_a_bug_keeps_its_trace_and_ends_with_2(
    registry: Path, logs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("unforeseen")

    monkeypatch.setattr(drift_module, "gather_files", broken)
    result = run("--windows", str(logs["same"]), uri=registry)
    assert result.exit_code == 2
    assert "ZeroDivisionError: unforeseen" in result.stderr


def test_an_interrupt_ends_with_2_and_shows_no_trace(
    registry: Path, logs: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(drift_module, "gather_files", interrupted)
    result = run("--windows", str(logs["same"]), uri=registry)
    assert (result.exit_code, result.stderr.strip()) == (2, "Aborted!")


def test_a_reader_that_has_gone_is_no_drift_and_shows_no_trace(registry: Path, logs: dict[str, Path]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "training", "drift", "--model-uri", str(registry), "--json"]
    unbuffered = {**os.environ, "PYTHONUNBUFFERED": "1"}
    try:
        gone = subprocess.run(
            [*words, "--windows", str(logs["moved"])],
            cwd=PROJECT,
            env=unbuffered,
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    assert (gone.returncode, gone.stderr) == (2, "")


@pytest.fixture
def deployed(bucket: str, iris: TrainedFolder) -> Iterator[str]:
    """A registry on S3 from which Iris serves by a function on record; the log groups of this test go with it."""
    uri = f"s3://{bucket}/iris"
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    put_file(uri, record_key("churn"), record("churn").to_json().encode())
    yield uri
    client: Any = boto3.client("logs")
    for group in client.describe_log_groups()["logGroups"]:
        client.delete_log_group(logGroupName=group["logGroupName"])


def test_the_log_group_is_that_of_the_function_on_record(deployed: str, logs: dict[str, Path]) -> None:
    put_lines("/aws/lambda/churn-predict", timed(logs["moved"].read_text()))
    put_lines("/aws/lambda/other-predict", timed(logs["same"].read_text()))
    found = run("--json", uri=deployed)
    assert (found.exit_code, document(found)["rows"]) == (1, 2 * ROWS)
    assert run("--stack", "other", uri=deployed).exit_code == 0
    assert run("--log-group", "/aws/lambda/other-predict", uri=deployed).exit_code == 0
    assert document(run("--until", "2020-01-01", "--json", uri=deployed))["verdict"] == "no_traffic"


def test_of_several_functions_on_record_one_has_to_be_named(deployed: str) -> None:
    put_file(deployed, record_key("second"), record("second").to_json().encode())
    put_file(deployed, record_key("other"), record("other", alias="staging").to_json().encode())
    result = run(uri=deployed)
    assert result.exit_code == 2
    assert "say which one is meant, with --stack. They are: churn, second." in result.stderr


def test_a_log_group_that_is_not_there_or_may_not_be_read_ends_with_2(
    deployed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(uri=deployed)
    assert result.exit_code == 2
    assert "There is no log group '/aws/lambda/churn-predict'" in result.stderr
    monkeypatch.setattr(log, "ATTEMPTS", 1)
    with answering_in_turn([error("AccessDeniedException")]) as (url, _), monkeypatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", url)
        result = run(uri=deployed)
    assert result.exit_code == 2
    assert "ObservePolicyArn" in result.stderr
