"""A registry that is not whole ends in its own error and its own 503 code, and nothing of it is unpickled."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from moto.core import set_initial_no_auth_action_count

from handler.errors.model import (
    AliasNotSet,
    ArtifactDigestMismatch,
    ArtifactMissing,
    ArtifactSizeMismatch,
    InvalidAlias,
    InvalidManifest,
    ManifestError,
    ManifestMismatch,
    ManifestMissing,
    RegistryAccessDenied,
    RegistryNotFound,
    RuntimeMismatch,
    UnknownManifestFormat,
)
from handler.registry.alias import Alias
from handler.registry.chain import MANIFEST_FILE, alias_key, read_alias, version_key
from handler.registry.manifest import ArtifactFile, sha256
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION
from handler.registry.s3_store import S3Store
from tests.integration.answers import assert_refused, open_application
from tests.integration.registries import LONG_AGO, made_at, put_file, put_manifest, put_version, remove_file
from training.release.publish import TrainedFolder

pytestmark = pytest.mark.usefixtures("unpicklings")


@pytest.fixture
def artifact_key(iris: TrainedFolder) -> str:
    return version_key(iris.manifest.version, iris.manifest.artifact.file)


@pytest.fixture
def manifest_key(iris: TrainedFolder) -> str:
    return version_key(iris.manifest.version, MANIFEST_FILE)


@pytest.mark.parametrize("place", [0, 0.5, 1], ids=["first", "middle", "last"])
def test_an_artifact_with_one_bit_flipped_is_refused(
    served_uri: str, iris: TrainedFolder, artifact_key: str, place: float
) -> None:
    data = bytearray(iris.artifact.data)
    data[int(place * (len(data) - 1))] ^= 1
    put_file(served_uri, artifact_key, bytes(data))
    assert_refused(served_uri, ArtifactDigestMismatch, "artifact_digest_mismatch")


@pytest.mark.parametrize("change", [-1, 1], ids=["shorter", "longer"])
def test_an_artifact_of_another_size_is_refused(
    served_uri: str, iris: TrainedFolder, artifact_key: str, change: int
) -> None:
    put_file(served_uri, artifact_key, (iris.artifact.data + b"\0")[: len(iris.artifact.data) + change])
    assert_refused(served_uri, ArtifactSizeMismatch, "artifact_size_mismatch")


def test_an_empty_artifact_is_refused(served_uri: str, artifact_key: str) -> None:
    put_file(served_uri, artifact_key, b"")
    assert_refused(served_uri, ArtifactSizeMismatch, "artifact_size_mismatch")


def test_an_artifact_that_its_version_is_not_named_for_is_refused(
    served_uri: str, iris: TrainedFolder, artifact_key: str
) -> None:
    other = pickle.dumps("another model")
    artifact = ArtifactFile(iris.manifest.artifact.file, len(other), sha256(other))
    put_file(served_uri, artifact_key, other)
    put_manifest(served_uri, replace(iris.manifest, artifacts={"joblib": artifact}))
    assert_refused(served_uri, ArtifactDigestMismatch, "artifact_digest_mismatch")


def test_a_missing_artifact_is_told(served_uri: str, artifact_key: str) -> None:
    remove_file(served_uri, artifact_key)
    assert_refused(served_uri, ArtifactMissing, "artifact_missing")


def test_a_manifest_that_does_not_match_the_alias_is_refused(
    served_uri: str, iris: TrainedFolder, manifest_key: str
) -> None:
    put_file(served_uri, manifest_key, iris.manifest_json + b"\n")
    assert_refused(served_uri, ManifestMismatch, "manifest_mismatch")


def test_the_manifest_of_another_version_is_refused(served_uri: str, iris: TrainedFolder, manifest_key: str) -> None:
    other = made_at(iris, 1)
    put_manifest(served_uri, other.manifest)
    alias = Alias(1, iris.manifest.version, sha256(other.manifest_json), LONG_AGO, "", "", None)
    put_file(served_uri, manifest_key, other.manifest_json)
    put_file(served_uri, alias_key("production"), alias.to_json().encode())
    assert_refused(served_uri, ManifestMismatch, "manifest_mismatch")


def test_a_missing_manifest_is_told(served_uri: str, manifest_key: str) -> None:
    remove_file(served_uri, manifest_key)
    assert_refused(served_uri, ManifestMissing, "manifest_missing")


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (b"{}", InvalidManifest, "invalid_manifest"),
        (b"\x80\x04not json", InvalidManifest, "invalid_manifest"),
        (b'{"format_version": %d}' % (MANIFEST_FORMAT_VERSION + 1), UnknownManifestFormat, "unknown_manifest_format"),
    ],
)
def test_a_manifest_that_the_alias_vouches_for_and_that_cannot_be_read_is_refused(
    served_uri: str, iris: TrainedFolder, manifest_key: str, data: bytes, error: type[ManifestError], code: str
) -> None:
    alias = Alias(1, iris.manifest.version, sha256(data), LONG_AGO, "", "", None)
    put_file(served_uri, manifest_key, data)
    put_file(served_uri, alias_key("production"), alias.to_json().encode())
    assert_refused(served_uri, error, code)


@pytest.mark.parametrize("library", ["scikit-learn", "numpy", "scipy", "joblib", "python"])
def test_a_model_made_under_another_release_of_a_library_is_refused_before_unpickling(
    served_uri: str, iris: TrainedFolder, library: str
) -> None:
    major, *_ = iris.manifest.runtime[library].split(".")
    put_manifest(
        served_uri, replace(iris.manifest, runtime={**iris.manifest.runtime, library: f"{int(major) + 1}.0.0"})
    )
    assert_refused(served_uri, RuntimeMismatch, "runtime_mismatch")


def test_a_model_made_under_another_patch_of_scikit_learn_is_refused(served_uri: str, iris: TrainedFolder) -> None:
    put_manifest(served_uri, replace(iris.manifest, runtime={**iris.manifest.runtime, "scikit-learn": "1.9.99"}))
    assert_refused(served_uri, RuntimeMismatch, "runtime_mismatch")


def test_an_alias_that_was_never_set_is_told(model_uri: str, iris: TrainedFolder) -> None:
    put_version(model_uri, iris)
    assert_refused(model_uri, AliasNotSet, "alias_not_set")


@pytest.mark.parametrize("data", [b"", b"null", b'{"format_version": 1}', b"\xff"])
def test_an_alias_that_cannot_be_read_is_told(served_uri: str, data: bytes) -> None:
    put_file(served_uri, alias_key("production"), data)
    assert_refused(served_uri, InvalidAlias, "invalid_alias")


def test_an_alias_cannot_lead_out_of_the_registry(served_uri: str) -> None:
    alias = Alias(1, "../../elsewhere", "0" * 64, LONG_AGO, "", "", None)
    put_file(served_uri, alias_key("production"), alias.to_json().encode())
    assert_refused(served_uri, InvalidAlias, "invalid_alias")


@pytest.mark.usefixtures("bucket")
def test_a_bucket_that_does_not_exist_is_told() -> None:
    assert_refused("s3://no-such-bucket/iris", RegistryNotFound, "registry_not_found")


def test_a_directory_that_does_not_exist_is_told(tmp_path: Path) -> None:
    assert_refused(str(tmp_path / "nowhere"), RegistryNotFound, "registry_not_found")


def test_a_role_that_may_read_another_model_only_is_told(
    bucket: str, iris: TrainedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/other/*"}
    for uri in (f"s3://{bucket}/iris", f"s3://{bucket}/other"):
        put_version(uri, iris)
        put_manifest(uri, iris.manifest)
    iam = boto3.client("iam")
    iam.create_user(UserName="function")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="function", PolicyName="read", PolicyDocument=policy)
    key = iam.create_access_key(UserName="function")["AccessKey"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    @set_initial_no_auth_action_count(0)
    def with_policies_enforced() -> None:
        assert read_alias(S3Store(bucket, "other"), "production").version == iris.manifest.version
        assert_refused(f"s3://{bucket}/iris", RegistryAccessDenied, "registry_access_denied")

    with_policies_enforced()


def test_the_same_registry_unbroken_gets_as_far_as_unpickling(served_uri: str, unpicklings: list[object]) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"joblib\.load was reached"):
        open_application(served_uri).holder.predictor()
    unpicklings.clear()
