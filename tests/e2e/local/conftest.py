"""One package and one container image for all tests of the tier."""

import os
import sys

import pytest

from ops.commands import ROOT, environment, run
from ops.local_model import prepare
from packager.bytecode.compilation import find_interpreter

ENSURE_IMAGE = ROOT / "ops/lambda_image/ensure.sh"


@pytest.fixture(scope="session")
def image() -> None:
    """AWS's container image, or the stand-in for it, is on a Docker engine that answers."""
    python = str(find_interpreter(os.environ))
    print(run([str(ENSURE_IMAGE)], env=environment({"PYTHON_3_13": python}), seconds=1200), file=sys.stderr)


@pytest.fixture(scope="session")
def version(image: None) -> str:  # noqa: ARG001 - a stage, not a value
    """The version that serves from the package's own registry."""
    return prepare()
