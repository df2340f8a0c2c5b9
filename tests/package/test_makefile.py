"""handler/Makefile builds what `sam build` asks for, run as aws-lambda-builders runs it (`CustomMakeAction`)."""

import os
import subprocess
from pathlib import Path

import pytest

from packager.build import HANDLER, PROJECT, Package
from packager.tree import digest_of


def run_make(working_directory: Path, artifacts: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--makefile", str(HANDLER / "Makefile"), "build-PredictFunction"],
        cwd=working_directory,
        env={**os.environ, "ARTIFACTS_DIR": str(artifacts)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_the_working_directory_chooses_the_architecture(
    packages: dict[str, Package], architecture: str, tmp_path: Path
) -> None:
    artifacts = tmp_path / "artifacts of sam"
    done = run_make(PROJECT / "packager" / "targets" / architecture, artifacts)
    assert done.returncode == 0, done.stderr
    assert f"{architecture}: " in done.stdout
    assert digest_of(artifacts) == packages[architecture].digest


def test_started_anywhere_else_it_says_how_to_build(tmp_path: Path) -> None:
    done = run_make(tmp_path, tmp_path / "artifacts")
    assert done.returncode != 0
    assert "make build" in done.stderr
    assert not (tmp_path / "artifacts").exists()


def test_template_names_a_target_for_every_architecture_it_allows() -> None:
    template = (PROJECT / "template.yaml").read_text()
    assert "WorkingDirectory: !Sub packager/targets/${Architecture}" in template
