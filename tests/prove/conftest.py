"""A stand-in for AWS, and the program as a person starts it. Packages and models are made once for all tests."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ops import aws_stand_in
from ops.aws_stand_in import StandIn
from ops.commands import ROOT, environment
from ops.prove.claims.ground import SEEDS
from training.fit.iris import train_iris
from training.folder.writing import write_folder


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    """An AWS of our own, with nothing in it."""
    with aws_stand_in.running(tmp_path_factory.mktemp("aws")) as stand_in:
        yield stand_in


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packages are kept. The models that the program would train are there: other tiers try that command."""
    folder = tmp_path_factory.mktemp("prepared")
    for seed in SEEDS:
        write_folder(train_iris(seed=seed), folder / f"trained-{seed}")
    return folder


@dataclass(frozen=True)
class Prove:
    """`python -m ops.prove` in the stand-in."""

    stand_in: StandIn
    prepared: Path
    out: Path

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start it, with all that it says on one pipe."""
        command = [sys.executable, "-u", "-m", "ops.prove", *words]
        if "--clean" not in words:
            command += ["--out", str(self.out), "--prepared", str(self.prepared)]
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(self.stand_in.environment()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Its exit code, and all that it says."""
        with self.start(*words) as process:
            said, _ = process.communicate(timeout=900)
            return process.returncode, said

    def report(self) -> Any:
        """The report of the only run."""
        (file,) = self.out.glob("prove-*/report.json")
        return json.loads(file.read_text())


@pytest.fixture
def prove(stand_in: StandIn, prepared: Path, tmp_path: Path) -> Prove:
    return Prove(stand_in, prepared, tmp_path / "out")


def until_said(process: subprocess.Popen[str], text: str) -> str:
    """Read what the process says, up to and with `text`; fails where it ends before."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"it ended without saying {text!r}:\n{said}")


def everything(stand_in: StandIn) -> dict[str, list[str]]:
    """What there is in the account, of each kind that a run makes: nothing here, unless somebody left it."""
    listings = (
        ("cloudformation", "list_stacks", "StackSummaries", "StackName"),
        ("s3", "list_buckets", "Buckets", "Name"),
        ("iam", "list_roles", "Roles", "RoleName"),
        ("iam", "list_users", "Users", "UserName"),
        ("logs", "describe_log_groups", "logGroups", "logGroupName"),
        ("apigateway", "get_api_keys", "items", "id"),
        ("apigateway", "get_usage_plans", "items", "id"),
        ("apigateway", "get_rest_apis", "items", "id"),
        ("lambda", "list_functions", "Functions", "FunctionName"),
    )
    found = {}
    for service, call, key, name in listings:
        each = getattr(stand_in.client(service), call)()[key]
        found[f"{service} {call}"] = [
            thing[name] for thing in each if not thing.get("StackStatus", "").startswith("DELETE_COMPLETE")
        ]
    policies = stand_in.client("iam").list_policies(Scope="Local")["Policies"]
    return {**found, "iam list_policies": [policy["PolicyName"] for policy in policies]}


def nothing(stand_in: StandIn) -> bool:
    """Whether the account is as empty as it began; what there is is printed."""
    left = {kind: names for kind, names in everything(stand_in).items() if names}
    print(left)
    return not left
