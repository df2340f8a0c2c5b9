"""What a package may cost: bytes, imports, and compilations at a cold start."""

import compileall
import json
from pathlib import Path

import pytest

from packager.archive import unzip_as_lambda, zip_as_sam
from packager.build import PROJECT, Package
from packager.tree import UNZIPPED_LIMIT_BYTES, digest_of, files_of
from tests.package.conftest import Probe

PREDICT = (PROJECT / "events" / "predict_features.json").read_bytes()

MINIMUM_HEADROOM_BYTES = 50_000_000
"""Room for a layer or two (Lambda Insights, a customer's own), and for a scikit-learn that grew."""

NEVER_IMPORTED = (
    # Ours, but not of Lambda.
    *("training", "packager", "ops", "tests", "bench"),
    # Not in the package; one that is found was imported from a place that Lambda does not have.
    *("pandas", "polars", "pyarrow", "matplotlib", "moto", "requests", "pytest", "rich", "click", "uvicorn"),
    # A directory registry needs no AWS SDK, and nothing needs these.
    *("boto3", "botocore", "pydantic", "aws_xray_sdk", "pkg_resources", "setuptools"),
    # In the package, and a good part of a cold start each.
    *("sklearn.ensemble", "sklearn.datasets", "sklearn.neural_network", "scipy.signal", "scipy.io", "scipy.datasets"),
    *("aws_lambda_powertools.utilities.parser", "aws_lambda_powertools.utilities.validation"),
    # Read with it are large bodies alone.
    "orjson",
)

MOST_MODULES_ON_LAMBDA = 850
"""That the answer to one row has imported, those of Python itself included."""


@pytest.mark.parametrize("architecture", ["arm64", "x86_64"])
def test_package_fits_into_lambda_with_room_to_spare(packages: dict[str, Package], architecture: str) -> None:
    package = packages[architecture]
    size = sum(path.stat().st_size for path in package.tree.rglob("*") if path.is_file())
    print(f"\n{architecture}: {size:,} bytes of {UNZIPPED_LIMIT_BYTES:,}, headroom {package.headroom:,}")
    assert package.headroom == 262_144_000 - size
    assert package.headroom >= MINIMUM_HEADROOM_BYTES


def test_predict_path_imports_nothing_that_it_does_not_need(deployed: Path, probe: Probe, registry: Path) -> None:
    told = probe("predict.py", deployed, stdin=PREDICT, MODEL_URI=str(registry))
    assert told["answer"]["statusCode"] == 200
    assert "sklearn.base" in told["modules"]
    assert [module for module in told["modules"] if module.startswith(NEVER_IMPORTED)] == []


def test_on_lambda_an_answer_takes_no_more_modules_than_it_did(deployed: Path, probe: Probe, registry: Path) -> None:
    lambda_only = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    told = probe("predict.py", deployed, stdin=PREDICT, MODEL_URI=str(registry), **lambda_only)
    assert told["answer"]["statusCode"] == 200
    assert [module for module in told["modules"] if module.startswith(NEVER_IMPORTED)] == []
    assert len(told["modules"]) <= MOST_MODULES_ON_LAMBDA


def test_cold_start_compiles_nothing_and_writes_nothing(deployed: Path, probe: Probe, registry: Path) -> None:
    before = digest_of(deployed)
    told = probe("predict.py", deployed, stdin=PREDICT, MODEL_URI=str(registry))
    assert json.loads(told["answer"]["body"])["prediction"] == "versicolor"
    assert told["compiled"] == []
    assert digest_of(deployed) == before


def test_ordinary_bytecode_would_be_compiled_again(
    package: Package, probe: Probe, registry: Path, tmp_path: Path
) -> None:
    """The test above can fail: it sees the compilations that the build is there to avoid."""
    tree = tmp_path / "ordinary"
    for path in files_of(package.tree):
        if "__pycache__" not in path.parts:
            copy = tree / path.relative_to(package.tree)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.symlink_to(path)
    compileall.compile_dir(tree / "handler", quiet=1)
    zip_as_sam(tree, tmp_path / "ordinary.zip")
    unzip_as_lambda(tmp_path / "ordinary.zip", tmp_path / "task")
    told = probe("predict.py", tmp_path / "task", stdin=PREDICT, MODEL_URI=str(registry))
    assert str(tmp_path / "task" / "handler" / "app.py") in told["compiled"]
