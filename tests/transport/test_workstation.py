"""On a workstation S3 is read by boto3, so that a profile is enough; the function says that it reads none.

And `training` never imports obstore, for it forks: a child that was forked after obstore's first use hangs.
"""

import json
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from handler.errors.model import RegistryAccessDenied
from handler.registry.schemes import open_store
from tests.integration.registries import put_manifest, put_version
from tests.local_service import serving
from training.release.publish import TrainedFolder

PROJECT = Path(__file__).parents[2]

IMPORT_ALL = """
import importlib, pkgutil, sys
import ops, training
for package in (training, ops):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if module.name not in ("training.__main__", "ops.ministack_with_any_method"):
            importlib.import_module(module.name)
from training.release.stores.schemes import open_writable_store
open_writable_store("s3://models/iris")
assert "botocore" in sys.modules
print(sorted(name for name in sys.modules if name.partition(".")[0] == "obstore"))
"""


@pytest.fixture
def profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials but those of a profile."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / "credentials").write_text("[mine]\naws_access_key_id = key\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_PROFILE", "mine")


@pytest.fixture
def served_bucket(bucket: str, iris: TrainedFolder) -> str:
    uri = f"s3://{bucket}/iris"
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    return uri


def test_the_local_server_reads_s3_with_a_profile(
    served_bucket: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    request.getfixturevalue("profile")  # once the bucket is there
    body = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]}).encode()
    with serving(served_bucket, tmp_path / "log") as url:
        asked = urllib.request.Request(f"{url}/predict", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            assert json.load(answer)["prediction"] == "versicolor"


def test_the_function_off_lambda_says_that_it_reads_no_profile_and_what_does(
    served_bucket: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue("profile")
    with pytest.raises(RegistryAccessDenied, match=r"reads no profile.*`python -m training serve`"):
        open_store(served_bucket).get("aliases/production.json")


def test_training_and_ops_never_import_obstore() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=PROJECT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr
