"""The workflows' scripts end where a command of theirs fails: GitHub runs each with `bash -e`, and looks at its end.

Without pipefail: GitHub's "Workflow syntax for GitHub Actions", `jobs.<job_id>.steps[*].shell`, where it is not set.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.makefile import MAKEFILE, TARGETS
from tests.unit.template import TEMPLATE

PROJECT = Path(__file__).parents[2]
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
VERSION = "20300101T000000Z-01234567"


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        yield from job.get("steps", [])


def publish_script() -> str:
    (script,) = (step["run"] for step in steps(PROJECT / ".github/workflows/model.yml") if step.get("id") == "publish")
    return str(script)


def run(script: str, folder: Path, said: str, ends_with: int) -> tuple[int, str]:
    """Run a step's script where Python says `said` and ends so; gives its own end, and what the step's outputs are."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\necho '{said}'\nexit {ends_with}\n")
    python.chmod(0o755)
    (folder / "step.sh").write_text(script)
    output = folder / "output"
    output.touch()
    command = ["bash", "-e", "step.sh"]
    environ = {"GITHUB_OUTPUT": str(output), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, check=False)
    return done.returncode, output.read_text()


@pytest.mark.parametrize("said", ["", VERSION])
def test_a_publish_that_fails_fails_its_step_and_names_no_version(tmp_path: Path, said: str) -> None:
    assert run(publish_script(), tmp_path, said, ends_with=1) == (1, "")


def test_a_publish_that_succeeds_hands_on_its_version(tmp_path: Path) -> None:
    assert run(publish_script(), tmp_path, VERSION, ends_with=0) == (0, f"version={VERSION}\n")


def test_a_deploy_is_checked_before_it_and_recorded_after_it() -> None:
    scripts = [str(step.get("run", "")) for step in steps(PROJECT / ".github/workflows/deploy-one.yml")]
    wanted = ("ops.deploy.check", "sam deploy", "ops.deploy.record", "ops.smoke")
    places = [next(place for place, script in enumerate(scripts) if wants in script) for wants in wanted]
    assert places == sorted(places)
    check, deploy = (scripts[place] for place in places[:2])
    for option in ('--stack-name "$STACK_NAME"', "--config-env prod"):
        assert option in check
        assert option in deploy
    assert not any("continue-on-error" in step for step in steps(PROJECT / ".github/workflows/deploy-one.yml"))


SCRIPTS = [(path.name, step["run"]) for path in WORKFLOWS for step in steps(path) if "run" in step]
SCRIPTS.append((".ci/run", (PROJECT / ".ci" / "run").read_text()))


def test_no_script_hides_the_end_of_a_command_in_another_s_argument() -> None:
    """`name=$(command)` alone on a line ends as the command does; in an argument, nobody looks at it."""
    hidden = []
    for name, script in SCRIPTS:
        for line in script.splitlines():
            substitutes = re.search(r"\$\((?!\()", line) or "`" in line
            harmless = re.fullmatch(r"\s*\w+=\$\(.*\)\s*", line) or line.lstrip().startswith("#") or "$(dirname" in line
            if substitutes and not harmless:
                hidden.append((name, line.strip()))
    assert hidden == []


CI = (PROJECT / ".ci" / "run").read_text()


def test_ci_runs_targets_that_exist_and_each_that_proves_something_of_the_docs() -> None:
    run = {word for line in re.findall(r"^(?:tier|lane|beside lane) (.*)$", CI, re.MULTILINE) for word in line.split()}
    assert run <= TARGETS
    assert {"docs", "test-docs", "test-page"} <= run


def test_ci_installs_every_tool_before_tiers_that_need_it_run_side_by_side() -> None:
    """Two that find it missing at once would install it at once, into the same folder."""
    (installed,) = re.findall(r"make \.tools/\{([a-z,]+)\}/installed", CI)
    needed = set(re.findall(r"\.tools/([a-z]+)/installed", MAKEFILE))
    assert needed <= set(installed.split(","))


def model_workflow() -> Any:
    # PyYAML reads the key `on` as a truth value.
    document = yaml.safe_load((PROJECT / ".github/workflows/model.yml").read_text())
    return document | {"on": document.pop(True)}


def words_of(command: str, folder: Path, **variables: str) -> list[str]:
    """What the step of model.yml that runs `training COMMAND` gives to it after that, with these variables."""
    (script,) = (
        step["run"] for step in steps(PROJECT / ".github/workflows/model.yml") if f"training {command}" in str(step)
    )
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    python.chmod(0o755)
    done = subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    words = done.stdout.splitlines()
    assert words[:3] == ["-m", "training", command]
    return words[3:]


def test_the_event_of_a_drift_starts_the_training_of_a_model_one_run_at_a_time() -> None:
    workflow = model_workflow()
    sent = TEMPLATE["Resources"]["DriftRule"]["Properties"]["Targets"][1]["Fn::If"][1]["InputTransformer"]
    assert f'"event_type": "{workflow["on"]["repository_dispatch"]["types"][0]}"' in sent["InputTemplate"]
    assert workflow["concurrency"] == {"group": "model", "cancel-in-progress": False}
    assert workflow["jobs"]["promote"]["environment"] == "promote"


def test_nothing_of_an_event_is_written_into_a_script() -> None:
    for step in steps(PROJECT / ".github/workflows/model.yml"):
        assert "${{" not in step.get("run", "")


def test_without_variables_the_lesson_s_model_is_trained(tmp_path: Path) -> None:
    variables = {"TABLE_URI": "", "TARGET": "", "MODEL": ""}
    assert words_of("train", tmp_path, **variables) == ["--out", "trained"]


def test_fresh_data_and_a_description_are_trained_on_as_the_variables_say(tmp_path: Path) -> None:
    variables = {"TABLE_URI": "s3://data/new $(id).csv", "TARGET": "was churned", "MODEL": "churn.toml"}
    given = ["churn.toml", "--table", "s3://data/new $(id).csv", "--target", "was churned", "--out", "trained"]
    assert words_of("train", tmp_path, **variables) == given


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("20260131T235959Z-0123abcd", "Run 1 of model, for the case of drift 20260131T235959Z-0123abcd"),
        ("", "Run 1 of model"),
        ("20260131T235959Z-0123abcd\n$(id)", "Run 1 of model"),
        ("x20260131T235959Z-0123abcd", "Run 1 of model"),
    ],
)
def test_the_reason_of_a_promotion_names_the_case_and_nothing_else_that_an_event_says(
    tmp_path: Path, case: str, reason: str
) -> None:
    variables = {"VERSION": VERSION, "REASON": "Run 1 of model", "CASE": case}
    assert words_of("promote", tmp_path, **variables) == [VERSION, "--reason", reason]
