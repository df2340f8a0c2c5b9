"""Packages to look at: built once a run, for both architectures, by the same code that `sam build` runs.

The first run downloads the pinned wheels (120 MB) into .cache/wheels, later ones only read them. What is run is the
package of this machine's architecture; the other one can only be inspected.
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from packager.archive import unzip_as_lambda, zip_as_sam
from packager.build import PROJECT, Package, build
from packager.bytecode.compilation import find_interpreter
from packager.target import architectures, load_target

HOST = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine())

Probe = Callable[..., Any]


@pytest.fixture(scope="session")
def python313() -> Path:
    """The interpreter that runs packages here as Lambda's runs them there."""
    return find_interpreter(os.environ)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    """The package of this commit, by architecture."""
    folder = tmp_path_factory.mktemp("built")
    return {name: build(folder / name, load_target(name)) for name in architectures()}


@pytest.fixture(scope="session")
def onnx_packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Package]:
    """The same with ONNX Runtime in scikit-learn's place."""
    folder = tmp_path_factory.mktemp("built-onnx")
    return {name: build(folder / name, load_target(name), package="onnx") for name in architectures()}


@pytest.fixture(scope="session")
def package(packages: dict[str, Package]) -> Package:
    """The package that this machine can run."""
    return _of_this_machine(packages)


@pytest.fixture(scope="session")
def onnx_package(onnx_packages: dict[str, Package]) -> Package:
    """The same with ONNX Runtime."""
    return _of_this_machine(onnx_packages)


def _of_this_machine(packages: dict[str, Package]) -> Package:
    if HOST is None or sys.platform != "linux":
        pytest.skip("The package holds Linux libraries for x86_64 and arm64; this machine runs neither.")
    return packages[HOST]


@pytest.fixture(scope="session")
def deployed(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as Lambda sees it: after a zip without dates, and read-only."""
    return _as_lambda_has_it(package, tmp_path_factory.mktemp("deployed"))


@pytest.fixture(scope="session")
def onnx_deployed(onnx_package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with ONNX Runtime."""
    return _as_lambda_has_it(onnx_package, tmp_path_factory.mktemp("deployed-onnx"))


def _as_lambda_has_it(package: Package, folder: Path) -> Path:
    zip_as_sam(package.tree, folder / "package.zip")
    unzip_as_lambda(folder / "package.zip", folder / "task")
    return folder / "task"


@pytest.fixture(scope="session")
def probe(python313: Path) -> Probe:
    """Runs a script of tests/package/probes by path, with the standard library and `tree` to import from and no more.

    `probe("imports.py", tree, *arguments, **environment)` gives the JSON document that the script printed.
    """

    def run(script: str, tree: Path, *arguments: str, stdin: bytes = b"", **environment: str) -> Any:
        command = [str(python313), "-I", "-S", str(Path(__file__).parent / "probes" / script), str(tree), *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=300, env=environment)
        assert done.returncode == 0, done.stderr.decode()[-4000:]
        return json.loads(done.stdout)

    return run


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One model's root in a directory, with Iris trained, published and promoted, its twin beside it."""
    folder = tmp_path_factory.mktemp("registry")
    root = folder / "iris"
    environment = {**os.environ, "MODEL_URI": str(root)}
    for words in (["train", "--out", str(folder / "trained")], ["publish", str(folder / "trained"), "--promote"]):
        command = [sys.executable, "-m", "training", *words]
        done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return root
