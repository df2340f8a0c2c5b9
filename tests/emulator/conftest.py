"""The emulator that packages run under, and where they can."""

import os
import sys

import pytest

from bench.emulator import Emulator, architecture_here, find_binary
from packager.build import PROJECT
from packager.target import architectures

TOOLS = PROJECT / ".tools"

HERE = pytest.mark.skipif(
    sys.platform != "linux" or architecture_here() not in architectures(),
    reason="The package holds Linux libraries for x86_64 and arm64; this machine runs neither.",
)


@pytest.fixture(scope="session")
def emulator() -> Emulator:
    """On one core, as Lambda gives it. What is not installed fails: run make test-emulator."""
    python = TOOLS / "bench" / "bin" / "python"
    assert python.exists(), f"{python} is missing: run make test-emulator."
    return Emulator(find_binary(TOOLS / "sam"), python, frozenset([min(os.sched_getaffinity(0))]))
