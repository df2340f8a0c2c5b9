"""`PinnedModel`: the version that was asked for, whatever the alias names, and one model at a time."""

import weakref
from pathlib import Path

import pytest

from handler.errors.model import ManifestMismatch, ManifestMissing
from handler.registry.chain import VerifiedArtifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import sha256
from handler.scoring.pinned import PinnedModel
from handler.serving import predictor as serving
from handler.serving.predictor import Predictor
from handler.serving.source import ModelSource
from tests.unit.handler.models import Version, write_alias


def digest(version: Version) -> str:
    return sha256(version.manifest.to_json().encode())


@pytest.fixture
def other(iris_version: Version) -> Version:
    """The same artifact as another version."""
    return iris_version.changed(version=f"20300101T000000Z-{iris_version.manifest.artifact.sha256[:8]}")


@pytest.fixture
def pinned(tmp_path: Path, iris_version: Version, other: Version) -> PinnedModel:
    other.write(iris_version.write(tmp_path))
    write_alias(tmp_path, "20310101T000000Z-00000000", 64 * "0")
    return PinnedModel(ModelSource(DirectoryStore(tmp_path), "production", cache=None))


def test_each_version_is_the_one_that_was_asked_for_and_is_kept_while_it_is(
    pinned: PinnedModel, iris_version: Version, other: Version
) -> None:
    first = pinned.predictor(iris_version.manifest.version, digest(iris_version))
    assert first.manifest.version == iris_version.manifest.version
    assert pinned.predictor(iris_version.manifest.version, digest(iris_version)) is first
    assert pinned.predictor(other.manifest.version, digest(other)).manifest.version == other.manifest.version


def test_the_model_before_is_gone_when_another_is_loaded(
    pinned: PinnedModel, iris_version: Version, other: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = weakref.ref(pinned.predictor(iris_version.manifest.version, digest(iris_version)))
    load, alive = serving.load_predictor, list[Predictor | None]()

    def noting(artifact: VerifiedArtifact) -> Predictor:
        alive.append(before())
        return load(artifact)

    monkeypatch.setattr(serving, "load_predictor", noting)
    pinned.predictor(other.manifest.version, digest(other))
    assert alive == [None]


def test_a_version_that_cannot_be_proved_is_not_loaded_and_the_one_before_is_kept(
    pinned: PinnedModel, iris_version: Version
) -> None:
    first = pinned.predictor(iris_version.manifest.version, digest(iris_version))
    with pytest.raises(ManifestMismatch):
        pinned.predictor(iris_version.manifest.version, 64 * "0")
    with pytest.raises(ManifestMissing):
        pinned.predictor("20400101T000000Z-00000000", 64 * "0")
    assert pinned.predictor(iris_version.manifest.version, digest(iris_version)) is first
