"""A function that can write nowhere answers all the same: on Lambda a full /tmp is enough for that."""

import subprocess
import sys

import pytest

from tests.faults.releases import LARGE, put_numbered, swap
from training.release.stores.schemes import open_writable_store


@pytest.mark.usefixtures("proxy")
@pytest.mark.parametrize("ballast", [0, LARGE], ids=["small", "large"])
def test_a_function_that_can_write_nowhere_answers(model_uri: str, ballast: int) -> None:
    version = put_numbered(model_uri, 1, ballast)
    swap(open_writable_store(model_uri), version)
    command = [sys.executable, "-m", "tests.faults.ask_once", model_uri, ""]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    answers = [line for line in outcome.stdout.splitlines() if line.startswith(("200", "5"))]
    assert answers == [f"200 {version} 1.0"] * 3, outcome.stderr[-1500:]
