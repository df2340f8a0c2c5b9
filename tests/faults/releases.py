"""Models that say who they are: version N answers N, so an answer that is not its version's own is seen at once.

Also a quick release: the alias is swapped by the code that `promote` uses, without its proof, which takes seconds.
"""

from datetime import UTC, datetime

import boto3
import numpy as np
from sklearn.dummy import DummyRegressor

from handler.registry.alias import Alias
from handler.registry.chain import MANIFEST_FILE, alias_key, checked_alias, version_key
from handler.registry.manifest import sha256
from handler.registry.s3.place import bucket_and_prefix
from handler.registry.storage import IN_MEMORY_BYTES
from tests.integration.registries import put_file
from tests.unit.handler.models import Version, version_with
from training.release.history import history_key
from training.release.stores.writable import WritableStore

ROW = [1.0, 2.0]
BODY = {"features": ROW}
LARGE = IN_MEMORY_BYTES + 1_000_000
"""Bytes of a model that is held in a file, where a disk takes it."""


def numbered(number: int, ballast: int = 0) -> Version:
    """A model that answers `number` to everything, and holds so many bytes that it does not need."""
    fitted = DummyRegressor(strategy="constant", constant=float(number)).fit(np.zeros((2, 2)), np.zeros(2))
    if ballast:
        fitted.ballast_ = np.zeros(ballast, dtype=np.uint8)
    return version_with(fitted, ROW)


def put_numbered(uri: str, number: int, ballast: int = 0) -> str:
    """Publish the model that answers `number`, without its proof; gives the version's name."""
    version = numbered(number, ballast)
    manifest = version.manifest
    put_file(uri, version_key(manifest.version, manifest.artifact.file), version.artifact)
    put_file(uri, version_key(manifest.version, "report.html"), b"<p>A number.")
    put_file(uri, version_key(manifest.version, MANIFEST_FILE), manifest.to_json().encode())
    return manifest.version


def swap(store: WritableStore, version: str) -> Alias:
    """Release `version` by the compare-and-swap of `promote`, the history's entry included."""
    manifest = store.get(version_key(version, MANIFEST_FILE))
    held = store.get(alias_key("production"))
    assert manifest is not None
    moment = datetime.now(UTC).isoformat(timespec="microseconds")
    previous = checked_alias(held.data).version if held else None
    alias = Alias(1, version, sha256(manifest.data), moment, "tests", "quick", previous)
    assert store.replace(alias_key("production"), alias.to_json().encode(), held.etag if held else None)
    assert store.create(history_key("production", alias), alias.to_json().encode())
    return alias


def everything(uri: str, endpoint: str) -> dict[str, bytes]:
    """Every object of the registry with its bytes, past the proxy."""
    bucket, prefix = bucket_and_prefix(uri)
    client = boto3.client("s3", endpoint_url=endpoint)
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    return {key: client.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys}
