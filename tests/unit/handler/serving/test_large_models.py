"""What is large is served from a private file, and whatever becomes of it, nothing of it stays behind."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from handler.engines import mapped_arrays
from handler.errors.model import ArtifactSizeMismatch
from handler.registry import storage
from handler.registry.chain import read_artifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import sha256
from handler.serving.artifact_cache import ArtifactCache
from handler.serving.holder import ModelHolder
from handler.serving.source import ModelSource
from tests.unit.handler.disks import files_without_a_name
from tests.unit.handler.models import Version, version_with, write_alias

PRIVATE_FILES = 2
"""That of the model that serves, and that of the one that comes after it."""


@pytest.fixture(autouse=True)
def everything_is_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def neighbours(answer: float) -> Version:
    """A model that keeps what it was fitted to, which is large enough to be mapped, and answers `answer`."""
    rows = np.arange(4000.0).reshape(-1, 2)
    return version_with(KNeighborsRegressor(1, algorithm="brute").fit(rows, np.full(2000, answer)), [1.0, 2.0])


def broken(version: Version) -> Version:
    """The same with bytes that no engine loads, and whose digests agree."""
    data = version.artifact[: len(version.artifact) // 2]
    name = f"{version.manifest.version[:-8]}{sha256(data)[:8]}"
    file = replace(version.manifest.artifact, bytes=len(data), sha256=sha256(data))
    return Version(replace(version.manifest, version=name, artifacts={"joblib": file}), data)


@pytest.mark.parametrize("cached", [True, False])
def test_two_hundred_refreshes_leave_no_descriptor_no_mapping_and_no_file(tmp_path: Path, cached: bool) -> None:
    versions = [neighbours(1.0), neighbours(2.0), broken(neighbours(3.0))]
    for version in versions:
        version.write(tmp_path / "registry")
    cache = ArtifactCache(tmp_path / "cache", maximum_bytes=40_000) if cached else None
    holder = ModelHolder(ModelSource(DirectoryStore(tmp_path / "registry"), "production", cache).load, 0.0)
    before = files_without_a_name()
    served = set()
    for turn in range(200):
        version = versions[turn % 3]
        write_alias(tmp_path / "registry", version.manifest.version, sha256(version.manifest.to_json().encode()))
        holder.ask_again()
        served.add(holder.predictor().predict(np.array([[1.0, 2.0]]))[0]["prediction"])
        holder.take_news()
        assert files_without_a_name() <= before + PRIVATE_FILES
    assert served == {1.0, 2.0}
    assert {path.name for path in tmp_path.iterdir()} <= {"registry", "cache"}
    del holder
    assert files_without_a_name() == before


def test_a_forest_gives_its_file_back_once_it_is_loaded(iris_version: Version) -> None:
    """Its trees copy what they are loaded from; what else it holds is small."""
    before = files_without_a_name()
    predictor = iris_version.load()
    assert predictor is not None
    assert files_without_a_name() == before


class Endless(DirectoryStore):
    """A registry whose artifact has no end."""

    taken = 0

    def parts(self, key: str, length: int) -> Iterator[bytes]:  # noqa: ARG002 - whatever is asked for
        while True:
            self.taken += 1
            yield b"x" * 1000


def test_no_more_is_read_than_shows_that_it_is_too_long(tmp_path: Path) -> None:
    version, store, before = neighbours(1.0), Endless(tmp_path), files_without_a_name()
    with pytest.raises(ArtifactSizeMismatch, match="what may come after them was not read"):
        read_artifact(store, version.manifest)
    assert store.taken == version.manifest.artifact.bytes // 1000 + 1
    assert files_without_a_name() == before


def test_what_was_hashed_is_what_is_loaded_whatever_becomes_of_the_registry(tmp_path: Path) -> None:
    version = neighbours(1.0)
    version.write(tmp_path / "registry")
    artifact = read_artifact(DirectoryStore(tmp_path / "registry"), version.manifest)
    joblib.dump("something else", tmp_path / "registry" / "versions" / version.manifest.version / "model.joblib")
    assert artifact.data == version.artifact
    assert mapped_arrays.load_mapped(artifact).predict([[0.0, 0.0]]) == [1.0]
