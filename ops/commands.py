"""Runs the commands that a user would run, `sam` and `python -m training`, each as a process of its own.

Unless it is handed the person's own environment, none inherits their AWS account. The SAM CLI has its own environment,
`.tools/sam`, because its pins differ from the project's.
"""

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SAM = ROOT / ".tools/sam/bin/sam"
BUILT = Path(".aws-sam/build/PredictFunction")
"""Where `sam build` puts the function's package by itself, within the project."""

REGION = "us-east-1"


class CommandFailed(Exception):
    """A command failed or took too long; the message holds the end of its output."""


class ToolMissing(Exception):
    """A tool is not installed; the message names the make target that installs it."""


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process' environment without a trace of AWS, and with `extra`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_", "MODEL_"))}
    ours = {"AWS_DEFAULT_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "SAM_CLI_TELEMETRY": "0"}
    return kept | ours | dict(extra or {})


def run(command: list[str], *, env: Mapping[str, str], directory: Path = ROOT, seconds: float = 300) -> str:
    """The standard output of `command`; raises CommandFailed."""
    try:
        done = subprocess.run(command, cwd=directory, env=env, capture_output=True, text=True, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(f"{' '.join(command)}\nwas not done within {seconds:.0f} s.") from error
    if done.returncode != 0:
        said = f"{done.stdout}\n{done.stderr}"[-6000:]
        raise CommandFailed(f"{' '.join(command)}\nended with {done.returncode}, in {directory}:\n{said}")
    return done.stdout


def attended(command: list[str], env: Mapping[str, str], directory: Path = ROOT) -> int:
    """How `command` ends that speaks to the person on the terminal, and may ask."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=directory, env=dict(env), check=False).returncode


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what is being done, and then how long it took."""
    print(f"{what} …", end="", file=sys.stderr, flush=True)
    began = time.monotonic()
    yield
    print(f" {time.monotonic() - began:.1f} s", file=sys.stderr)


def sam(*arguments: str, env: Mapping[str, str] | None = None, directory: Path = ROOT, seconds: float = 300) -> str:
    """The standard output of `sam`, run in `directory`, where its template.yaml and samconfig.toml are."""
    if not SAM.exists():
        raise ToolMissing(f"{SAM} is missing: run `make {SAM.relative_to(ROOT).parents[1]}/installed`.")
    # handler/Makefile takes the .venv's Python, which a copy of the project does not have. PACKAGE_PERFORMANCE lets SAM
    # make one archive of the package that two functions share, and not the same one twice.
    ours = {"PYTHON": sys.executable, "SAM_CLI_POLL_DELAY": "0.3", "SAM_CLI_BETA_PACKAGE_PERFORMANCE": "1"}
    variables = environment(ours | dict(env or {}))
    return run([str(SAM), *arguments], env=variables, directory=directory, seconds=seconds)


def build_elsewhere(folder: Path, parameters: Sequence[str], seconds: float = 300) -> None:
    """`sam build` with `parameters` (NAME=VALUE) into `folder`, which then has all that its template names.

    SAM leaves the path of a function that it does not build as template.yaml has it: those of the functions that share
    the package would stay that of SAM's own folder, which may hold another package, or none.
    """
    sam("build", "--build-dir", str(folder), *overriding(parameters), seconds=seconds)
    built = folder / "template.yaml"
    text = built.read_text()
    left = f"CodeUri: {os.path.relpath(ROOT / BUILT, folder)}\n"
    sharing = (ROOT / "template.yaml").read_text().count(f"CodeUri: {BUILT}\n")
    if text.count(left) != sharing:
        raise CommandFailed(f"{built} does not have the path of the shared package {sharing} times: {left}")
    built.write_text(text.replace(left, f"CodeUri: {BUILT.name}\n"))


def training(*arguments: str, env: Mapping[str, str] | None = None) -> Any:
    """The document that `python -m training … --json` prints."""
    command = [sys.executable, "-m", "training", *arguments, "--json"]
    return json.loads(run(command, env=environment(env), seconds=120))


def machine_parameters() -> list[str]:
    """The stack's parameters on a machine that does not run the template's default, x86_64."""
    return ["Architecture=arm64"] if platform.machine().lower() in ("aarch64", "arm64") else []


def overriding(parameters: Sequence[str]) -> list[str]:
    """The options by which `sam build` and `sam deploy` take `parameters`, each NAME=VALUE; none where there is none.

    Given, they stand in for those of samconfig.toml.
    """
    return ["--parameter-overrides", *parameters] if parameters else []
