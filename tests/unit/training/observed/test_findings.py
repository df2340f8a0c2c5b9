"""Each thing that can be wrong is found when it is, and not when it is not, with a command that exists."""

import shlex
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import click
import pytest

from handler.errors.model import AliasNotSet, InvalidAlias, ManifestMismatch, ModelUnavailable
from handler.monitoring.line import lines_of
from handler.monitoring.reading.collected import Collected
from handler.monitoring.window import Window
from handler.registry.manifest import Manifest
from tests.makefile import TARGETS
from tests.unit.test_documentation import ROOT
from tests.unit.training.observed.states import BEFORE, DRIFT, NOW, SINCE, TRAFFIC, VERSION
from tests.unit.training.release.deployed.descriptions import package, record
from training.cli.main import main
from training.observed import findings
from training.observed.findings import Asked
from training.observed.state import Finding, moment

ASKED = Asked("s3://bucket/churn", "production")
PROMOTED = moment(SINCE)
LATE = PROMOTED + findings.FOLLOWS + timedelta(seconds=1)


def one(found: Iterator[Finding]) -> Finding:
    """The only finding, whose command and page exist."""
    (finding,) = found
    require_known(finding)
    return finding


def require_known(finding: Finding) -> None:
    words = shlex.split(finding.command)
    if words[:3] == [".venv/bin/python", "-m", "training"]:
        command = main.commands[words[3]]
        options = {name for each in command.params for name in each.opts}
        assert {word for word in words[4:] if word.startswith("--")} <= options
        assert isinstance(command, click.Command)
    elif words[0] == "make":
        assert words[1] in TARGETS
    else:
        assert words[:2] in (["aws", "logs"], ["aws", "sts"])
    page, _, heading = finding.page.partition("#")
    titles = [line.lstrip("# ").strip() for line in (ROOT / page).read_text().splitlines() if line.startswith("#")]
    anchors = {title.replace("`", "").lower().replace(" ", "-") for title in titles}
    assert not heading or heading in anchors, finding.page


@pytest.mark.parametrize(
    ("error", "command"),
    [
        (AliasNotSet("No version serves."), "promote VERSION"),
        (InvalidAlias("The alias cannot be read."), "promote VERSION"),
        (ManifestMismatch("The manifest is another one."), "rollback"),
    ],
)
def test_a_version_that_cannot_serve_is_rolled_back_and_an_alias_is_written_anew(
    error: ModelUnavailable, command: str
) -> None:
    found = one(findings.unserved(ASKED, error))
    assert found.what == str(error)
    assert f"training {command}" in found.command
    assert found.command.endswith("--model-uri s3://bucket/churn")
    staging = one(findings.unserved(Asked("a b", "staging"), error))
    assert staging.command.endswith("--alias staging --model-uri 'a b'")


def test_a_model_on_s3_without_a_function_on_record_is_told_and_one_in_a_folder_is_not() -> None:
    assert "record-deploy" in one(findings.no_function(ASKED, [])).command
    assert list(findings.no_function(ASKED, [record()])) == []
    assert list(findings.no_function(Asked("/models/churn", "production"), [])) == []


def test_a_function_that_cannot_read_what_the_alias_names_has_to_be_deployed_again(iris_manifest: Manifest) -> None:
    data = iris_manifest.to_json().encode()
    assert list(findings.cannot_serve(ASKED, record(), VERSION, data)) == []
    other = one(findings.cannot_serve(ASKED, record(package=package(scikit_learn="1.8.0")), VERSION, data))
    assert f"The function of churn cannot serve {VERSION}: it was made under scikit-learn" in other.what
    assert other.command == "make deploy MODEL_NAME=churn STACK_NAME=churn"


def test_a_function_that_reads_older_formats_alone_is_told_before_a_promotion_is_refused(
    iris_manifest: Manifest,
) -> None:
    data = replace(iris_manifest, artifacts={"joblib": iris_manifest.artifacts["joblib"]}).to_json().encode()
    older = record(package=replace(package(), manifest_formats=(1, 2, 3, 4)))
    newest = one(findings.cannot_serve(ASKED, older, VERSION, data))
    assert "formats 1, 2, 3, 4" in newest.what


@pytest.mark.parametrize(
    ("latest", "found"),
    [
        ({VERSION: LATE}, False),
        ({VERSION: LATE, BEFORE: PROMOTED + findings.FOLLOWS}, False),
        ({VERSION: LATE, BEFORE: LATE}, True),
        ({BEFORE: LATE}, True),
        ({"none": LATE}, False),
    ],
)
def test_a_version_that_answers_although_the_alias_moved_on_is_told_once_the_function_had_time(
    latest: dict[str, object], found: bool
) -> None:
    told = list(findings.not_following(ASKED, VERSION, SINCE, latest, ["churn"]))  # type: ignore[arg-type] # of moments
    assert bool(told) == found
    if told:
        finding = one(iter(told))
        assert BEFORE in finding.what
        assert "/aws/lambda/churn-predict" in finding.command


def test_failures_of_ours_lead_to_the_runbook_and_mistakes_of_clients_do_not() -> None:
    assert list(findings.failing(TRAFFIC, ["churn"])) == []
    failed = replace(TRAFFIC, errors={"invalid_body": 3, "registry_unreachable": 2})
    finding = one(findings.failing(failed, ["churn"]))
    assert finding.what == "2 of 120 requests in the last hour got 503 registry_unreachable."
    assert finding.page == "docs/runbook.md#registry_unreachable"


def test_every_code_of_ours_has_a_section_in_the_runbook() -> None:
    for code in (code for code, status in findings.STATUSES.items() if status >= 500):
        one(findings.failing(replace(TRAFFIC, errors={code: 1}), []))


def test_no_window_at_all_is_told_where_a_function_is_deployed() -> None:
    finding = one(findings.silent(ASKED, 0, ["churn"], 24.0))
    assert finding.command.endswith("PARAMETERS=ObserveSeconds=60")
    assert list(findings.silent(ASKED, 1, ["churn"], 24.0)) == []
    assert list(findings.silent(ASKED, 0, [], 24.0)) == []


def test_windows_that_were_refused_are_told_with_the_reason() -> None:
    collected = Collected({VERSION: "newer"})
    (line,) = lines_of(Window(VERSION, "older", 1.0, 2.0), window_id="a", process="p", service="s")
    collected.take(line)
    for stacks in (["churn"], []):
        assert "1 window could not be counted." in one(findings.not_counted(ASKED, collected, stacks)).what
    assert list(findings.not_counted(ASKED, Collected(), ["churn"])) == []


def test_drift_of_what_serves_leads_to_training_and_that_of_a_version_before_does_not() -> None:
    seen = replace(DRIFT, verdict="drift", drifted=("tenure", "answers: churned"))
    finding = one(findings.drifted(seen, VERSION, "churned it"))
    assert "tenure, answers: churned" in finding.what
    assert "--target 'churned it'" in finding.command
    assert list(findings.drifted(seen, BEFORE, "churned")) == []
    assert list(findings.drifted(DRIFT, VERSION, "churned")) == []


def test_a_report_of_the_monitor_is_too_old_after_two_hours() -> None:
    written = moment(str(DRIFT.written_at))
    assert list(findings.old_report(DRIFT, written + timedelta(hours=2))) == []
    finding = one(findings.old_report(DRIFT, written + timedelta(hours=2, seconds=1)))
    assert "/aws/lambda/churn-monitor" in finding.command
    assert list(findings.old_report(replace(DRIFT, written_at=None, stack=None), NOW + timedelta(days=9))) == []


def test_windows_that_cannot_be_read_are_told_in_the_error_s_words() -> None:
    finding = findings.unread(ValueError("The log group may not be read."))
    require_known(finding)
    assert finding.what == "The log group may not be read."
