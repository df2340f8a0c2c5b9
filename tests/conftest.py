"""What every suite shares: one trained model, registries made of it, an environment without credentials."""

import functools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import settings

from handler.registry.manifest import Manifest
from training.fit.iris import train_iris
from training.folder.writing import write_folder
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import TrainedFolder, publish, read_folder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore

# A machine that does other work too would fail a test whose examples are within 200 ms otherwise.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@dataclass(frozen=True)
class Context:
    """Lambda's context, as far as the handler reads it."""

    aws_request_id: str = "request-1"
    function_name: str = "predict"
    memory_limit_in_mb: int = 1769
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:predict"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting and no credentials of the person who runs the tests, and no artifact that another test has cached."""
    temporary = str(tmp_path_factory.mktemp("tmp"))
    monkeypatch.setattr(tempfile, "tempdir", temporary)
    monkeypatch.setenv("TMPDIR", temporary)
    for name in (
        "MODEL_URI",
        "MODEL_ALIAS",
        "MODEL_REFRESH_SECONDS",
        "MAX_ROWS",
        "AWS_PROFILE",
        "AWS_ENDPOINT_URL",
        "AWS_REGION",
        "AWS_SESSION_TOKEN",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session", autouse=True)
def services_described_once() -> Iterator[None]:
    """botocore's descriptions of AWS' services, megabytes of JSON, are read once, and not for each boto3 session."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", functools.cache(botocore.session.create_loader))
        yield


@pytest.fixture
def context() -> Context:
    return Context()


@pytest.fixture(scope="session")
def iris_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that `train` wrote, trained once for all tests. Copy it before you change a file of it."""
    folder = tmp_path_factory.mktemp("trained")
    write_folder(train_iris(), folder)
    return folder


@pytest.fixture(scope="session")
def iris(iris_folder: Path) -> TrainedFolder:
    return read_folder(iris_folder)


@pytest.fixture(scope="session")
def iris_manifest(iris: TrainedFolder) -> Manifest:
    return iris.manifest


def serve_in(store: WritableStore, folder: TrainedFolder) -> Any:
    """Publish a folder and let it serve as production; gives the alias."""
    manifest = publish(folder, store)
    return promote(store, Release(manifest.version, "production", "tests", "so that there is a model"))


@pytest.fixture(scope="session")
def iris_registry(tmp_path_factory: pytest.TempPathFactory, iris: TrainedFolder) -> Path:
    """A directory registry from which Iris serves. Shared: never change it."""
    root = tmp_path_factory.mktemp("registry") / "iris"
    serve_in(open_writable_store(str(root)), iris)
    return root
