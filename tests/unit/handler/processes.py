"""Starts the processes of the handler's tests: a fresh interpreter, an environment of its own, no network."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]


@dataclass(frozen=True)
class Outcome:
    """What a function answered in its process, and what it wrote."""

    answers: list[dict[str, Any]]
    stdout: str
    stderr: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output, which on Lambda is the log: a JSON object on each line."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    @property
    def log(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "_aws" not in line]

    @property
    def metrics(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if "_aws" in line]


def run_function(folder: Path, steps: Sequence[Mapping[str, Any]], **environ: str) -> Outcome:
    """Take `steps` in a fresh process that has these variables; `folder` is scratch space."""
    answers = folder / "answers.json"
    done = run_script("lambda_process.py", str(answers), standard_input=json.dumps(steps), **environ)
    return Outcome(json.loads(answers.read_text()), done.stdout, done.stderr)


def run_script(
    name: str, *arguments: str, standard_input: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a script that stands beside this file; fails where the script does."""
    done = subprocess.run(
        [sys.executable, str(HERE / name), *arguments],
        input=standard_input,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"PYTHONPATH": str(PROJECT), "PYTHONWARNINGS": "error", **environ},
    )
    assert done.returncode == 0, done.stderr
    return done
