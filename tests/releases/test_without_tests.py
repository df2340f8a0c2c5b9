"""Without the folder tests/, make knows how to make the product, and its commands start."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_without_tests import NAMES_TESTS, ROOT


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project without tests/, and without what make and Python leave behind."""
    copy = tmp_path_factory.mktemp("copy") / "project"
    left_out = (
        "tests",
        ".git",
        ".venv*",
        ".tools",
        ".aws-sam",
        ".demo",
        ".*cache",
        ".hypothesis",
        "build",
        "__pycache__",
    )
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*left_out))
    return copy


@pytest.mark.parametrize(
    "target",
    [
        *("help", "install", "demo", "serve", "build", "sam", "sam-build", "local-model", "local-cloud"),
        *("local-cloud-down", "deploy", "api-key", "check-deploy", "record-deploy", "reference", "lock", "clean"),
    ],
)
def test_make_knows_how_to_make_it_without_the_tests(product: Path, target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=product, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not NAMES_TESTS.search(done.stdout)


@pytest.mark.parametrize(
    "module",
    [
        "training",
        "packager",
        "ops.smoke",
        "ops.deploy.deploy",
        "ops.deploy.api_key",
        "ops.deploy.check",
        "ops.deploy.record",
        "ops.local_cloud",
    ],
)
def test_a_command_starts_without_the_tests(product: Path, module: str) -> None:
    command = [sys.executable, "-m", module, "--help"]
    done = subprocess.run(command, cwd=product, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
