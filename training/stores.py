"""The writing half of a registry's place: create once, replace by compare-and-swap, list.

`training.publish` and `training.promote` write through it; the reading half is `handler.store` and `handler.s3`. The
directory form gives the promises of S3's conditional writes by hard links and atomic renames: a reader sees a file
whole or not at all, and of two writers one wins.
"""

import contextlib
import fcntl
import os
import tempfile
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from handler.s3 import S3Store, translate
from handler.store import DirectoryStore, Store, directory_of, s3_place

REFUSED_CONDITION = ("PreconditionFailed", "ConditionalRequestConflict")


class WritableStore(Store, Protocol):
    """A store that also writes. Each method raises a RegistryError where the place does not answer."""

    def create(self, key: str, data: bytes) -> bool:
        """Write `data` where nothing is; False, and nothing changed, where something is."""

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        """Write `data` over what has `etag` (None: over nothing); False, and nothing changed, where it has another."""

    def list(self, prefix: str) -> Iterator[str]:
        """The names directly below `prefix` (files, and folders without their slash), in order."""

    def delete(self, key: str) -> None:
        """Remove what is under `key`, if anything is."""


class WritableDirectoryStore(DirectoryStore):
    """A registry in a directory, which is made at the first write."""

    def create(self, key: str, data: bytes) -> bool:
        target = self.root / key
        with self._written_aside(target, data) as aside:
            try:
                # Unlike a rename, a link never replaces: it is the directory's If-None-Match: *.
                os.link(aside, target)
            except FileExistsError:
                return False
        return True

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        target = self.root / key
        if etag is None:
            return self.create(key, data)
        with self._written_aside(target, data) as aside, self._locked():
            held = self.get(key)
            if held is None or held.etag != etag:
                return False
            aside.replace(target)
        return True

    def list(self, prefix: str) -> Iterator[str]:
        folder = self.root / prefix
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        yield from sorted(name for name in names if not name.startswith("."))

    def delete(self, key: str) -> None:
        path = self.root / key
        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # S3 has no folders: an empty one here says nothing either
            path.parent.rmdir()

    @contextlib.contextmanager
    def _written_aside(self, target: Path, data: bytes) -> Iterator[Path]:
        """A hidden file beside `target` that holds `data`, safely on disk; gone at the end."""
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".writing-", delete=False) as file:
            aside = Path(file.name)
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                aside.chmod(0o644)
                yield aside
            finally:
                aside.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Only one replacement at a time. The kernel drops the lock of a process that dies."""
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class WritableS3Store(S3Store):
    """A registry on S3, by its conditional writes (S3 User Guide, "Conditional writes")."""

    def create(self, key: str, data: bytes) -> bool:
        return self._put(key, data, etag=None)

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        return self._put(key, data, etag)

    def list(self, prefix: str) -> Iterator[str]:
        start = f"{self.prefix}/{prefix}/"
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start, Delimiter="/")
        try:
            for page in pages:
                folders = [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]
                files = [entry["Key"] for entry in page.get("Contents", [])]
                yield from (name.removeprefix(start).rstrip("/") for name in sorted(folders + files))
        except (BotoCoreError, ClientError) as error:
            raise translate(error, f"s3://{self.bucket}/{start}") from error

    def delete(self, key: str) -> None:
        try:
            self.client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}")
        except (BotoCoreError, ClientError) as error:
            raise translate(error, f"{self.uri}/{key}") from error

    def _put(self, key: str, data: bytes, etag: str | None) -> bool:
        writer = uuid.uuid4().hex
        full_key = f"{self.prefix}/{key}"
        put = partial(self.client.put_object, Bucket=self.bucket, Key=full_key, Body=data, Metadata={"writer": writer})
        try:
            put(IfNoneMatch="*") if etag is None else put(IfMatch=etag)
        except (BotoCoreError, ClientError) as error:
            # 412: the condition does not hold. 409: another conditional write to the key is under way, and may win.
            if not isinstance(error, ClientError) or error.response["Error"]["Code"] not in REFUSED_CONDITION:
                raise translate(error, f"s3://{self.bucket}/{full_key}") from error
            return self._written_by(writer, full_key)
        return True

    def _written_by(self, writer: str, full_key: str) -> bool:
        """Whether a refused write was ours after all: botocore repeats one whose answer was lost, and meets itself."""
        try:
            return self.client.head_object(Bucket=self.bucket, Key=full_key)["Metadata"].get("writer") == writer
        except (BotoCoreError, ClientError) as error:
            raise translate(error, f"s3://{self.bucket}/{full_key}") from error


def open_writable_store(uri: str) -> WritableStore:
    """The place that `uri` names, to write to; raises InvalidSettings where the URI has no such form."""
    directory = directory_of(uri)
    if directory is not None:
        return WritableDirectoryStore(directory)
    return WritableS3Store(*s3_place(uri))
