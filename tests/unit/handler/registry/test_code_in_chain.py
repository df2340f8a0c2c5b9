"""`handler.registry.chain`: a version's own code is verified as its artifact is, before either is given to anyone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from handler.errors.model import ArtifactDigestMismatch, ArtifactError, ArtifactMissing, ArtifactSizeMismatch
from handler.registry.chain import MOST_CODE_BYTES, check_artifact, read_artifact, read_code, verify_artifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import CODE, ArtifactFile, Manifest
from handler.serving.artifact_cache import ArtifactCache
from tests.unit.handler.models import Version
from tests.unit.handler.own_code import VersionWithCode, zipped


@pytest.fixture
def version(iris_version: Version) -> VersionWithCode:
    return VersionWithCode(iris_version.manifest, iris_version.artifact).with_code(zipped({"features.py": "A = 1"}))


@pytest.fixture
def store(tmp_path: Path, version: VersionWithCode) -> DirectoryStore:
    return DirectoryStore(version.write(tmp_path / "iris"))


READERS: list[Callable[[DirectoryStore, Manifest, Path], object]] = [
    lambda store, manifest, _: read_artifact(store, manifest),
    lambda store, manifest, _: check_artifact(store, manifest),
    lambda store, manifest, _: read_code(store, manifest),
    lambda store, manifest, folder: ArtifactCache(folder).read(store, manifest),
]


def test_the_code_comes_with_the_artifact(store: DirectoryStore, version: VersionWithCode, tmp_path: Path) -> None:
    assert read_artifact(store, version.manifest).code == version.code
    for _ in range(2):
        artifact = ArtifactCache(tmp_path / "cache").read(store, version.manifest)
        assert (artifact.code, artifact.data) == (version.code, version.artifact)
        assert artifact.manifest.code is not None
    assert verify_artifact(version.manifest, version.artifact, code=version.code).code == version.code


def test_a_version_without_code_has_none_and_nothing_is_asked_for(iris_version: Version, tmp_path: Path) -> None:
    store = DirectoryStore(iris_version.write(tmp_path / "iris"))
    assert read_artifact(store, iris_version.manifest).code is None
    assert verify_artifact(iris_version.manifest, iris_version.artifact, code=b"stray").code is None


FAULTS: dict[str, tuple[Callable[[bytes], bytes | None], type[ArtifactError]]] = {
    "missing": (lambda _: None, ArtifactMissing),
    "changed": (lambda data: data.replace(b"A = 1", b"A = 2"), ArtifactDigestMismatch),
    "cut short": (lambda data: data[:-1], ArtifactSizeMismatch),
    "longer": (lambda data: data + b"\0", ArtifactSizeMismatch),
    "empty": (lambda _: b"", ArtifactSizeMismatch),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("fault", FAULTS)
def test_code_that_is_not_what_was_published_is_refused_by_its_file_also_where_the_artifact_is_kept(
    store: DirectoryStore,
    version: VersionWithCode,
    tmp_path: Path,
    reader: Callable[[DirectoryStore, Manifest, Path], object],
    fault: str,
) -> None:
    reader(store, version.manifest, tmp_path / "cache")
    damage, error = FAULTS[fault]
    file = store.root / "versions" / version.manifest.version / "code.zip"
    data = damage(file.read_bytes())
    file.unlink()
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(error, match=r"code\.zip"):
        reader(store, version.manifest, tmp_path / "cache")


def test_code_that_was_not_read_is_no_reason_to_do_without(version: VersionWithCode) -> None:
    with pytest.raises(ArtifactMissing, match=r"code\.zip of .* was not read"):
        verify_artifact(version.manifest, version.artifact)


def test_code_longer_than_any_model_brings_is_refused_unread(version: VersionWithCode, tmp_path: Path) -> None:
    large = ArtifactFile("code.zip", MOST_CODE_BYTES + 1, "0" * 64)
    manifest = replace(version.manifest, artifacts={**version.manifest.artifacts, CODE: large})
    with pytest.raises(ArtifactSizeMismatch, match=r"at most 4,194,304: package the model again with less"):
        read_code(DirectoryStore(tmp_path), manifest)
