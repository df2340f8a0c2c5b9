"""The registries and applications that the handler's tests share. Nothing here is changed by a test."""

from pathlib import Path

import pytest

from handler.api.application import Application
from handler.serving.predictor import Predictor
from tests.unit.handler.asking import open_application
from tests.unit.handler.models import Version
from training.release.publish import TrainedFolder


@pytest.fixture(scope="session")
def iris_version(iris: TrainedFolder) -> Version:
    return Version(iris.manifest, iris.artifact.data)


@pytest.fixture(scope="session")
def iris_root(tmp_path_factory: pytest.TempPathFactory, iris_version: Version) -> Path:
    """A registry from which Iris serves, written without the proofs of `publish` and `promote`, which take seconds."""
    return iris_version.write(tmp_path_factory.mktemp("registry") / "iris")


@pytest.fixture(scope="session")
def iris_application(iris_root: Path) -> Application:
    """An application that serves Iris."""
    return open_application(MODEL_URI=str(iris_root))


@pytest.fixture(scope="session")
def iris_predictor(iris_version: Version) -> Predictor:
    return iris_version.load()
