"""`handler.serving.source`: asking the alias costs one conditional read, and only another version is read and
loaded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import joblib
import pytest

from handler.errors.model import AliasNotSet, ArtifactDigestMismatch, InvalidAlias, ManifestMismatch
from handler.registry.chain import version_key
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import sha256
from handler.registry.store import Blob, NotModified
from handler.serving.artifact_cache import ArtifactCache
from handler.serving.source import ModelSource
from tests.unit.handler.models import Version, write_alias

ALIAS = "aliases/production.json"


@dataclass
class Counting(DirectoryStore):
    """A real directory registry that notes what was asked for, and what of it was read."""

    root: Path
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    unchanged: int = 0

    def get(self, key: str) -> Blob | None:
        self.asked.append((key, None))
        return super().get(key)

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        answer = DirectoryStore(self.root).get_unless(key, etag)
        self.asked.append((key, etag))
        self.unchanged += isinstance(answer, NotModified)
        return answer

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        self.asked.append((key, None))
        return super().parts(key, length)


@pytest.fixture
def store(tmp_path: Path, iris_version: Version) -> Counting:
    return Counting(iris_version.write(tmp_path / "iris"))


@pytest.fixture
def source(store: Counting) -> ModelSource:
    return ModelSource(store, "production", cache=None)


@pytest.fixture
def other(iris_version: Version) -> Version:
    """The same artifact as another version."""
    return iris_version.changed(version=f"20300101T000000Z-{iris_version.manifest.artifact.sha256[:8]}")


def test_the_first_load_walks_the_chain_and_gives_what_the_alias_names(
    source: ModelSource, store: Counting, iris_version: Version
) -> None:
    served = source.load()
    assert served.version == iris_version.manifest.version
    assert served.manifest_sha256 == sha256(iris_version.manifest.to_json().encode())
    version = iris_version.manifest.version
    assert [key for key, _ in store.asked] == [
        ALIAS,
        version_key(version, "manifest.json"),
        version_key(version, "model.joblib"),
    ]


def test_asking_for_what_is_held_is_one_conditional_read_and_gives_the_very_same_model(
    source: ModelSource, store: Counting
) -> None:
    held = source.load()
    store.asked.clear()
    assert source.load(held) is held
    assert store.asked == [(ALIAS, held.alias_etag)]
    assert store.unchanged == 1


def test_an_alias_written_anew_for_the_same_version_loads_nothing_and_is_asked_by_its_new_tag(
    source: ModelSource, store: Counting
) -> None:
    held = source.load()
    write_alias(store.root, held.version, held.manifest_sha256)
    path = store.root / ALIAS
    path.write_text(path.read_text() + "\n")
    store.asked.clear()
    again = source.load(held)
    assert again.predictor is held.predictor
    assert again.alias_etag != held.alias_etag
    assert len(store.asked) == 1
    assert source.load(again) is again


def test_an_alias_that_moved_brings_the_other_version(source: ModelSource, store: Counting, other: Version) -> None:
    held = source.load()
    other.write(store.root)
    moved = source.load(held)
    assert moved.version == other.manifest.version
    assert moved.predictor is not held.predictor


def test_the_same_version_with_another_digest_in_the_alias_is_read_again_and_held_to_it(
    source: ModelSource, store: Counting
) -> None:
    held = source.load()
    write_alias(store.root, held.version, "cd" * 32)
    with pytest.raises(ManifestMismatch):
        source.load(held)


def test_what_is_wrong_with_what_the_alias_names_now_is_raised_as_at_a_first_load(
    source: ModelSource, store: Counting, other: Version
) -> None:
    held = source.load()
    other.write(store.root)
    artifact = store.root / version_key(other.manifest.version, "model.joblib")
    artifact.write_bytes(artifact.read_bytes()[:-1] + b"x")
    with pytest.raises(ArtifactDigestMismatch):
        source.load(held)
    (store.root / ALIAS).write_text("{}")
    with pytest.raises(InvalidAlias):
        source.load(held)
    (store.root / ALIAS).unlink()
    with pytest.raises(AliasNotSet):
        source.load(held)


def test_a_rollback_reads_its_artifact_from_the_cache(
    store: Counting, tmp_path: Path, iris_version: Version, other: Version
) -> None:
    source = ModelSource(store, "production", ArtifactCache(tmp_path / "cache"))
    first = source.load()
    other.write(store.root)
    second = source.load(first)
    iris_version.write(store.root)
    store.asked.clear()
    back = source.load(second)
    assert back.version == first.version
    assert [key for key, _ in store.asked] == [ALIAS, version_key(first.version, "manifest.json")]


def test_reading_verifies_and_loads_nothing(
    source: ModelSource, iris_version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joblib, "load", lambda *_: pytest.fail("joblib.load was reached"))
    assert source.read().artifact.data == iris_version.artifact
