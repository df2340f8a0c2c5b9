"""`ENGINE=` of make is the parameter Engine of the stack, where it is given; and it is never given twice."""

import os
import re
import subprocess

import pytest

from handler.engines.shipped import PACKAGES
from ops.commands import ROOT
from tests.makefile import MAKEFILE

MADE = ("install", ".tools/sam/installed", ".tools/ministack/installed")


def would_run(*words: str, engine: str | None = None) -> "subprocess.CompletedProcess[str]":
    """What make would run, with `engine` in its environment; it runs nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "ENGINE"))}
    command = ["make", "--dry-run", *(f"--old-file={made}" for made in MADE), *words]
    environ = kept | ({"ENGINE": engine} if engine else {})
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def test_make_takes_the_engines_that_can_be_packaged() -> None:
    (engines,) = re.findall(r"^ENGINES := (.*)$", MAKEFILE, re.MULTILINE)
    assert engines.split() == [*PACKAGES]


@pytest.mark.parametrize("target", ["sam-build", "deploy", "check-deploy"])
def test_an_engine_is_given_to_the_stack_beside_the_other_parameters(target: str) -> None:
    assert would_run(target, "ENGINE=onnx", "PARAMETERS=MaxRows=5").stdout.split()[-3:] == [
        "--parameter-overrides",
        "MaxRows=5",
        "Engine=onnx",
    ]
    assert "--parameter-overrides Engine=onnx" in would_run(target, engine="onnx").stdout
    assert "Engine=" not in would_run(target).stdout


@pytest.mark.parametrize("target", ["local-model", "local-cloud"])
def test_a_stack_on_this_machine_is_given_the_engine_where_it_is_named(target: str) -> None:
    assert "--engine onnx" in would_run(target, "ENGINE=onnx").stdout
    assert "--engine" not in would_run(target).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["ENGINE=onnx", "PARAMETERS=MaxRows=5 Engine=sklearn"],
            "Give ENGINE=onnx or PARAMETERS=Engine=sklearn, not both",
        ),
        (["ENGINE=tensorflow"], "ENGINE is one of sklearn onnx, not tensorflow"),
    ],
)
def test_two_engines_or_an_unknown_one_are_refused_before_anything_runs(words: list[str], said: str) -> None:
    done = would_run("deploy", *words)
    assert done.returncode != 0
    assert said in done.stderr
