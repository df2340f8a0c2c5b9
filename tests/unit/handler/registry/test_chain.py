"""`handler.registry.chain`: each link of the chain of trust is checked against the one before, and nothing is
unpickled."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handler.errors.model import (
    AliasNotSet,
    ArtifactDigestMismatch,
    ArtifactMissing,
    ArtifactSizeMismatch,
    InvalidAlias,
    InvalidManifest,
    ManifestMismatch,
    ManifestMissing,
)
from handler.registry.chain import (
    alias_key,
    checked_alias,
    checked_manifest,
    read_alias,
    read_artifact,
    read_manifest,
    verify_artifact,
    version_key,
)
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import ArtifactFile, sha256
from tests.unit.handler.models import Version, alias_of
from tests.unit.handler.registry.test_manifest import BAD_VERSIONS

DIGEST = "ab" * 32


@pytest.fixture
def store(tmp_path: Path, iris_version: Version) -> DirectoryStore:
    return DirectoryStore(iris_version.write(tmp_path / "iris"))


def test_the_layout_is_that_of_the_design() -> None:
    assert alias_key("production") == "aliases/production.json"
    assert version_key("20260131T235959Z-0123abcd", "report.html") == "versions/20260131T235959Z-0123abcd/report.html"


def test_the_chain_leads_from_the_alias_to_the_verified_bytes(store: DirectoryStore, iris_version: Version) -> None:
    alias = read_alias(store, "production")
    manifest = read_manifest(store, alias.version, alias.manifest_sha256)
    artifact = read_artifact(store, manifest)
    assert (manifest, artifact.data) == (iris_version.manifest, iris_version.artifact)
    assert artifact.manifest is manifest


def test_an_alias_never_set_is_told_with_the_place(store: DirectoryStore) -> None:
    with pytest.raises(AliasNotSet, match=rf"No version serves as 'canary' in {store.uri}: publish one, then promote"):
        read_alias(store, "canary")


@pytest.mark.parametrize("version", BAD_VERSIONS)
def test_an_alias_whose_version_could_leave_its_folder_is_refused(version: str) -> None:
    with pytest.raises(InvalidAlias, match="names no version"):
        checked_alias(alias_of(version, DIGEST).to_json().encode())


@pytest.mark.parametrize("digest", ["", DIGEST.upper(), DIGEST[:-1], DIGEST + "0", DIGEST + "\n", "sha256:" + DIGEST])
def test_an_alias_without_a_digest_is_refused(digest: str) -> None:
    with pytest.raises(InvalidAlias, match="no digest of its manifest"):
        checked_alias(alias_of("20260131T235959Z-0123abcd", digest).to_json().encode())


@pytest.mark.parametrize(
    "moment", ["", "now", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00+00:00", "0000-01-01T00:00:00Z"]
)
def test_an_alias_whose_moment_is_none_is_refused(moment: str) -> None:
    alias = replace(alias_of("20260131T235959Z-0123abcd", DIGEST), promoted_at=moment)
    with pytest.raises(InvalidAlias, match="moment in UTC"):
        checked_alias(alias.to_json().encode())


def test_a_manifest_that_is_not_there_is_missing(store: DirectoryStore) -> None:
    with pytest.raises(ManifestMissing, match="was never published to the end"):
        read_manifest(store, "20260131T235959Z-0123abcd", DIGEST)


def test_a_manifest_of_another_digest_is_refused_before_it_is_parsed(store: DirectoryStore, tmp_path: Path) -> None:
    version = read_alias(store, "production").version
    (tmp_path / "iris" / "versions" / version / "manifest.json").write_bytes(b"not JSON")
    with pytest.raises(ManifestMismatch) as caught:
        read_manifest(store, version, DIGEST)
    assert sha256(b"not JSON") in str(caught.value)
    assert DIGEST in str(caught.value)


def test_a_manifest_that_says_it_is_another_version_is_refused(iris_version: Version) -> None:
    data = iris_version.manifest.to_json().encode()
    with pytest.raises(ManifestMismatch, match=rf"says that it is {iris_version.manifest.version}"):
        checked_manifest(data, "20260131T235959Z-0123abcd")


def test_a_manifest_with_the_right_digest_is_still_parsed_strictly(store: DirectoryStore, tmp_path: Path) -> None:
    version = read_alias(store, "production").version
    data = json.dumps({"format_version": 1}).encode()
    (tmp_path / "iris" / "versions" / version / "manifest.json").write_bytes(data)
    with pytest.raises(InvalidManifest):
        read_manifest(store, version, sha256(data))


def test_an_artifact_that_is_not_there_is_missing(store: DirectoryStore, iris_version: Version) -> None:
    manifest = iris_version.manifest
    elsewhere = replace(manifest, artifacts={"joblib": replace(manifest.artifact, file="other.joblib")})
    with pytest.raises(ArtifactMissing, match=r"other\.joblib does not exist"):
        read_artifact(store, elsewhere)


@pytest.mark.parametrize("change", [b"", b"\n"], ids=["shorter", "longer"])
def test_an_artifact_of_another_length_is_refused_with_both_lengths(iris_version: Version, change: bytes) -> None:
    data = iris_version.artifact + change if change else iris_version.artifact[:-1]
    with pytest.raises(ArtifactSizeMismatch) as caught:
        verify_artifact(iris_version.manifest, data)
    assert f"has {len(data)} bytes, its manifest says {len(iris_version.artifact)}" in str(caught.value)


@pytest.mark.parametrize("position", [0, 1, 100, -100, -2, -1])
@pytest.mark.parametrize("bit", [0, 7])
def test_an_artifact_with_one_bit_flipped_anywhere_is_refused(iris_version: Version, position: int, bit: int) -> None:
    data = bytearray(iris_version.artifact)
    data[position] ^= 1 << bit
    with pytest.raises(ArtifactDigestMismatch, match=sha256(bytes(data))):
        verify_artifact(iris_version.manifest, bytes(data))


def test_a_version_that_is_not_named_for_its_artifact_is_refused(iris_version: Version) -> None:
    data = b"other bytes"
    artifacts = {"joblib": ArtifactFile("model.joblib", len(data), sha256(data))}
    with pytest.raises(ArtifactDigestMismatch, match="is not named for its artifact"):
        verify_artifact(replace(iris_version.manifest, artifacts=artifacts), data)


def test_another_form_of_the_model_beside_the_joblib_is_not_needed(iris_version: Version) -> None:
    manifest = iris_version.manifest
    onnx = ArtifactFile("model.onnx", 1, DIGEST)
    both = replace(manifest, artifacts={"onnx": onnx, "joblib": manifest.artifact})
    assert verify_artifact(both, iris_version.artifact).data == iris_version.artifact
