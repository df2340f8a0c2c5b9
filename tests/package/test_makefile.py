"""handler/Makefile builds what `sam build` asks for, run as aws-lambda-builders runs it (`CustomMakeAction`)."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from handler.engines.package_description import DESCRIPTION_FILE, PackageDescription
from handler.engines.shipped import DEFAULT_PACKAGE, PACKAGES
from packager.build import HANDLER, Package
from packager.target import TARGETS
from packager.tree import digest_of


def run_make(
    working_directory: Path, artifacts: Path, above: Mapping[str, str] = MappingProxyType({})
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--makefile", str(HANDLER / "Makefile"), "build-PredictFunction"],
        cwd=working_directory,
        env={**os.environ, **above, "ARTIFACTS_DIR": str(artifacts)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_the_working_directory_chooses_the_architecture(
    packages: dict[str, Package], architecture: str, tmp_path: Path
) -> None:
    artifacts = tmp_path / "artifacts of sam"
    done = run_make(TARGETS / architecture / DEFAULT_PACKAGE, artifacts)
    assert done.returncode == 0, done.stderr
    assert f"{architecture}: " in done.stdout
    assert digest_of(artifacts) == packages[architecture].digest


def test_the_working_directory_chooses_the_engine(tmp_path: Path) -> None:
    """Whatever a make above it was told, which `make sam-build ENGINE=…` hands on."""
    for above in ({}, {"MAKEFLAGS": " -- ENGINE=sklearn", "ENGINE": "sklearn"}):
        artifacts = tmp_path / f"artifacts of {len(above)}"
        done = run_make(TARGETS / "x86_64" / "onnx", artifacts, above)
        assert done.returncode == 0, done.stderr
        described = PackageDescription.from_json((artifacts / DESCRIPTION_FILE).read_bytes())
        assert described.engines.keys() == {PACKAGES["onnx"]}


def test_started_anywhere_else_it_says_how_to_build(tmp_path: Path) -> None:
    done = run_make(tmp_path, tmp_path / "artifacts")
    assert done.returncode != 0
    assert "make build" in done.stderr
    assert not (tmp_path / "artifacts").exists()
