"""Reaches into a registry past the project's own writing code: to fill it, to break it, to look whether it is whole."""

from dataclasses import replace
from pathlib import Path

import boto3

from handler.errors.model import AliasNotSet
from handler.registry.alias import Alias
from handler.registry.chain import (
    MANIFEST_FILE,
    REPORT_FILE,
    VerifiedArtifact,
    alias_key,
    check_artifact,
    checked_manifest,
    read_alias,
    read_manifest,
    version_key,
)
from handler.registry.manifest import Manifest, sha256
from handler.registry.s3.place import bucket_and_prefix
from handler.registry.store import Store
from training.release.publish import TrainedFolder
from training.release.stores.writable import WritableStore

LONG_AGO = "2020-01-01T00:00:00.000000+00:00"
HISTORY = "aliases/production/history"


def put_file(uri: str, key: str, data: bytes) -> None:
    """Put `data` under `key`, whatever is there."""
    if uri.startswith("s3://"):
        bucket, prefix = bucket_and_prefix(uri)
        boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}/{key}", Body=data)
    else:
        path = Path(uri, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def remove_file(uri: str, key: str) -> None:
    if uri.startswith("s3://"):
        bucket, prefix = bucket_and_prefix(uri)
        boto3.client("s3").delete_object(Bucket=bucket, Key=f"{prefix}/{key}")
    else:
        Path(uri, key).unlink()


def made_at(folder: TrainedFolder, second: int) -> TrainedFolder:
    """The same model as another version: made at another second of one minute."""
    digest = folder.manifest.artifact.sha256
    version = f"20300101T0000{second:02}Z-{digest[:8]}"
    manifest = replace(folder.manifest, version=version, created_at=f"2030-01-01T00:00:{second:02}+00:00")
    named, *others = (
        VerifiedArtifact(manifest.only(form.manifest.form), form.data, form.code) for form in folder.forms
    )
    return TrainedFolder(named, manifest.to_json().encode(), folder.report, others=tuple(others))


def put_version(uri: str, folder: TrainedFolder) -> str:
    """Put a version there without the proof that publishing takes; gives its name."""
    version = folder.manifest.version
    for form in folder.forms:
        put_file(uri, version_key(version, form.manifest.artifact.file), form.data)
    if folder.manifest.code is not None:
        put_file(uri, version_key(version, folder.manifest.code.file), folder.artifact.code or b"")
    put_file(uri, version_key(version, REPORT_FILE), folder.report)
    put_file(uri, version_key(version, MANIFEST_FILE), folder.manifest_json)
    return version


def put_manifest(uri: str, manifest: Manifest) -> None:
    """Put a manifest there and let the alias vouch for it."""
    data = manifest.to_json().encode()
    put_file(uri, version_key(manifest.version, MANIFEST_FILE), data)
    alias = Alias(1, manifest.version, sha256(data), LONG_AGO, "tests", "", None)
    put_file(uri, alias_key("production"), alias.to_json().encode())


def served_whole(store: Store) -> str | None:
    """The version that a reader gets, the whole chain verified; None before the first promotion. Unpickles nothing."""
    try:
        alias = read_alias(store, "production")
    except AliasNotSet:
        return None
    check_artifact(store, read_manifest(store, alias.version, alias.manifest_sha256))
    return alias.version


def published_whole(store: WritableStore) -> list[str]:
    """The versions that have a manifest, each with every form of its model verified."""
    whole = []
    for version in store.list("versions"):
        blob = store.get(version_key(version, MANIFEST_FILE))
        if blob is not None:
            check_artifact(store, checked_manifest(blob.data, version))
            whole.append(version)
    return whole


def history(store: WritableStore) -> list[str]:
    """The versions that the history of `production` names, the oldest change first."""
    blobs = [store.get(f"{HISTORY}/{name}") for name in store.list(HISTORY)]
    return [Alias.from_json(blob.data).version for blob in blobs if blob is not None]
