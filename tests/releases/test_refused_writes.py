"""A write that S3 refused is told as what it was: ours after all, ours and replaced since, or never done.

S3 says 409 where two writes meet: that is a retry, never "it exists" or "it moved" (S3 API Reference, "PutObject",
`If-None-Match`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from handler.errors.model import RegistryUnreachable
from handler.registry.chain import alias_key
from handler.registry.manifest import sha256
from tests.integration.registries import history, made_at, put_manifest, put_version, served_whole
from tests.integration.sockets import refusing
from tests.integration.watched_store import WatchedStore
from training.errors import AliasMoved
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import TrainedFolder
from training.release.stores.s3_store import WritableS3Store
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore
from training.release.verify import verify_registry

KEY = "aliases/production.json"
CONFLICT = ("409 Conflict", "ConditionalRequestConflict")


def release(version: str) -> Release:
    return Release(version, "production", "ada@analytical", "tests")


@pytest.fixture
def store(served_uri: str) -> WritableStore:
    return open_writable_store(served_uri)


@dataclass
class Refusing(WatchedStore):
    """The first move of the alias is done, then `act`, and then it is told to be refused, as after a lost answer."""

    act: Callable[[], object]
    error: Exception | None = None
    done: bool = False

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        told = super().replace(key, data, etag)
        if self.done:
            return told
        self.done = True
        self.act()
        if self.error is not None:
            raise self.error
        return False


@pytest.mark.parametrize("error", [None, RegistryUnreachable("every answer was lost")], ids=["refused", "lost"])
def test_a_release_that_was_applied_is_a_release(
    served_uri: str, store: WritableStore, iris: TrainedFolder, error: Exception | None
) -> None:
    version = put_version(served_uri, made_at(iris, 1))
    assert promote(Refusing(store, lambda: None, error), release(version)).version == version
    assert served_whole(store) == version
    assert history(store) == [iris.manifest.version, version]


def test_a_release_that_was_applied_and_then_replaced_is_told_so(
    served_uri: str, store: WritableStore, iris: TrainedFolder
) -> None:
    ours, theirs = (put_version(served_uri, made_at(iris, second)) for second in (1, 2))
    with pytest.raises(AliasMoved, match=f"{ours} was released.* replaced .*{theirs}") as told:
        promote(Refusing(store, lambda: promote(store, release(theirs))), release(ours))
    assert "nothing was changed" not in str(told.value)
    assert history(store) == [iris.manifest.version, ours, theirs]
    assert [finding for finding in verify_registry(store) if finding.problem] == []


def test_a_release_that_never_was_is_told_to_have_changed_nothing(
    served_uri: str, store: WritableStore, iris: TrainedFolder
) -> None:
    ours, theirs = (put_version(served_uri, made_at(iris, second)) for second in (1, 2))

    class Overtaken(WatchedStore):
        def replace(self, key: str, data: bytes, etag: str | None) -> bool:
            promote(store, release(theirs))
            return super().replace(key, data, etag)

    with pytest.raises(AliasMoved, match="nothing was changed"):
        promote(Overtaken(store), release(ours))
    assert history(store) == [iris.manifest.version, theirs]


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("act", ["create", "replace", "delete", "create_from"])
def test_a_conflict_is_tried_again(
    bucket: str, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str, times: int
) -> None:
    uri = f"s3://{bucket}/iris"
    direct = open_writable_store(uri)
    if act in ("replace", "delete"):
        direct.create(KEY, b"first")
    held = direct.get(KEY)
    (tmp_path / "file").write_bytes(b"ours")
    with refusing(s3_url, "DELETE" if act == "delete" else "PUT", times, *CONFLICT) as (url, refused):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        store = open_writable_store(uri)
        acts: dict[str, Callable[[], bool | None]] = {
            "create": lambda: store.create(KEY, b"ours"),
            "replace": lambda: held is not None and store.replace(KEY, b"ours", held.etag),
            "delete": lambda: store.delete(KEY),
            "create_from": lambda: store.create_from(KEY, tmp_path / "file"),
        }
        assert acts[act]() is (None if act == "delete" else True)
    assert len(refused) == times
    blob = direct.get(KEY)
    assert (blob.data if blob else None) == (None if act == "delete" else b"ours")


@pytest.mark.parametrize("times", [1, 3])
def test_a_conflict_at_the_end_of_an_upload_in_parts_is_an_upload_anew(
    bucket: str, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    """S3 gives such an upload up (S3 API Reference, "CompleteMultipartUpload", `If-None-Match`)."""
    monkeypatch.setattr(WritableS3Store, "part_bytes", 5 * 1024 * 1024)
    data = bytes(5 * 1024 * 1024) + b"the last part"
    (tmp_path / "file").write_bytes(data)
    told: list[int] = []
    with refusing(s3_url, "POST", times, *CONFLICT, where="uploadId=") as (url, refused):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        store = open_writable_store(f"s3://{bucket}/iris")
        assert store.create_from(KEY, tmp_path / "file", told.append)
        assert store.digest(KEY) == sha256(data)
        client = store.client  # type: ignore[attr-defined] # the S3 form has one
        assert client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []
    assert len(refused) == times
    assert sum(told) == len(data)


@pytest.mark.parametrize("act", ["create", "delete", "create_from"])
def test_a_conflict_without_an_end_is_a_registry_out_of_reach_and_not_a_file_that_exists(
    bucket: str, s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    (tmp_path / "file").write_bytes(b"ours")
    with refusing(s3_url, "DELETE" if act == "delete" else "PUT", 1000, *CONFLICT) as (url, refused):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        store = open_writable_store(f"s3://{bucket}/iris")
        acts: dict[str, Callable[[], object]] = {
            "create": lambda: store.create(KEY, b"ours"),
            "delete": lambda: store.delete(KEY),
            "create_from": lambda: store.create_from(KEY, tmp_path / "file"),
        }
        with pytest.raises(RegistryUnreachable, match="other writers"):
            acts[act]()
    assert 3 < len(refused) < 10


def test_a_promotion_that_meets_a_conflict_is_a_release(
    bucket: str, s3_url: str, iris: TrainedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"s3://{bucket}/iris"
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    version = put_version(uri, made_at(iris, 1))
    with refusing(s3_url, "PUT", 1, *CONFLICT, where=alias_key("production")) as (url, refused):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert promote(open_writable_store(uri), release(version)).version == version
    assert len(refused) == 1
