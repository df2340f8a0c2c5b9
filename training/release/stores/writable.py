"""The writing half of a registry's place: create once, also from a large file, replace by compare-and-swap, list.

`training.release.publish` and `training.release.promote` write through it; the reading half is `handler.registry.store`
and `handler.registry.s3`. The directory form gives the promises of S3's conditional writes by hard links and atomic
renames: a reader sees a file whole or not at all, and of two writers one wins.
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from handler.errors.model import RegistryAccessDenied, RegistryUnreachable
from handler.registry.s3 import S3Store, translate
from handler.registry.store import DirectoryStore, Store, directory_of, s3_place
from training.release.stores.conflicts import despite_conflicts
from training.release.stores.upload import (
    UPLOAD_PART_BYTES,
    Progress,
    is_refused,
    nobody,
    parts_of,
    stored_digest,
    upload,
    written_by,
)

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef

UNFINISHED = ".writing-"
"""How the files of unfinished writes begin. They are hidden: a reader never sees one."""

DISK_BYTES = 1024 * 1024


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

    def last_written(self, prefix: str) -> datetime | None:
        """When the newest file directly below `prefix` was written; None where there is none."""

    def create_from(self, key: str, file: Path, told: Progress = nobody) -> bool:
        """Write the bytes of `file` where nothing is, in parts, never all in memory; False where something is.

        `told` hears after each part how many bytes are there. Where it fails, nothing is under `key`: ask again.
        """

    def digest(self, key: str) -> str | None:
        """The SHA-256 of what is under `key`, read as a stream; None where nothing is."""


class WritableDirectoryStore(DirectoryStore):
    """A registry in a directory, which is made at the first write."""

    def create(self, key: str, data: bytes) -> bool:
        return self._create(key, [data])

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        target = self.root / key
        if etag is None:
            return self.create(key, data)
        with self._written_aside(target, [data]) as aside, self._locked():
            held = self.get(key)
            if held is None or held.etag != etag:
                return False
            aside.replace(target)
        return True

    def list(self, prefix: str) -> Iterator[str]:
        folder = self.root / prefix
        with _told(folder):
            names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        yield from sorted(name for name in names if not name.startswith("."))

    def delete(self, key: str) -> None:
        path = self.root / key
        with _told(path):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # S3 has no folders: an empty one here says nothing either
            left = list(path.parent.iterdir())
            if all(aside.name.startswith(UNFINISHED) for aside in left):
                for aside in left:  # of writers that were killed
                    aside.unlink()
                path.parent.rmdir()

    def last_written(self, prefix: str) -> datetime | None:
        folder = self.root / prefix
        with _told(folder):
            moments = [path.stat().st_mtime for path in folder.iterdir()] if folder.is_dir() else []
        return datetime.fromtimestamp(max(moments), UTC) if moments else None

    def create_from(self, key: str, file: Path, told: Progress = nobody) -> bool:
        return self._create(key, parts_of(file, DISK_BYTES), told)

    def digest(self, key: str) -> str | None:
        try:
            with (self.root / key).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RegistryUnreachable(f"{self.root / key} cannot be read: {error.strerror}.") from error

    def _create(self, key: str, parts: Iterable[bytes], told: Progress = nobody) -> bool:
        target = self.root / key
        with self._written_aside(target, parts, told) as aside:
            try:
                # Unlike a rename, a link never replaces: it is the directory's If-None-Match: *.
                os.link(aside, target)
            except FileExistsError:
                return False
        return True

    @contextlib.contextmanager
    def _written_aside(self, target: Path, parts: Iterable[bytes], told: Progress = nobody) -> Iterator[Path]:
        """A hidden file beside `target` that holds `parts`, safely on disk; gone at the end."""
        with _told(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=UNFINISHED, delete=False) as file:
                aside = Path(file.name)
                try:
                    for part in parts:
                        told(file.write(part))
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


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the file system says into our errors."""
    try:
        yield
    except PermissionError as error:
        raise RegistryAccessDenied(f"{path} may not be written: check the directory's owner and mode.") from error
    except OSError as error:
        raise RegistryUnreachable(f"{path} cannot be written: {error.strerror}.") from error


class WritableS3Store(S3Store):
    """A registry on S3, by its conditional writes (S3 User Guide, "Conditional writes")."""

    part_bytes = UPLOAD_PART_BYTES

    def create(self, key: str, data: bytes) -> bool:
        return self._put(key, data, etag=None)

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        return self._put(key, data, etag)

    def list(self, prefix: str) -> Iterator[str]:
        start = f"{self.prefix}/{prefix}/"
        for page in self._pages(start):
            folders = [entry["Prefix"] for entry in page.get("CommonPrefixes", [])]
            files = [entry["Key"] for entry in page.get("Contents", [])]
            yield from (name.removeprefix(start).rstrip("/") for name in sorted(folders + files))

    def delete(self, key: str) -> None:
        delete = partial(self.client.delete_object, Bucket=self.bucket, Key=f"{self.prefix}/{key}")
        try:
            despite_conflicts(delete, f"{self.uri}/{key}")
        except (BotoCoreError, ClientError) as error:
            raise translate(error, f"{self.uri}/{key}") from error

    def last_written(self, prefix: str) -> datetime | None:
        newest = None
        for page in self._pages(f"{self.prefix}/{prefix}/"):
            for entry in page.get("Contents", []):
                newest = entry["LastModified"] if newest is None else max(newest, entry["LastModified"])
        return newest

    def create_from(self, key: str, file: Path, told: Progress = nobody) -> bool:
        return upload(self.bucket, f"{self.prefix}/{key}", file, told, self.part_bytes)

    def digest(self, key: str) -> str | None:
        return stored_digest(self.bucket, f"{self.prefix}/{key}")

    def _pages(self, start: str) -> Iterator["ListObjectsV2OutputTypeDef"]:
        try:
            paginator = self.client.get_paginator("list_objects_v2")
            yield from paginator.paginate(Bucket=self.bucket, Prefix=start, Delimiter="/")
        except (BotoCoreError, ClientError) as error:
            raise translate(error, f"s3://{self.bucket}/{start}") from error

    def _put(self, key: str, data: bytes, etag: str | None) -> bool:
        writer = uuid.uuid4().hex
        place = f"{self.prefix}/{key}"
        try:
            put = partial(self.client.put_object, Bucket=self.bucket, Key=place, Body=data, Metadata={"writer": writer})
            put = partial(put, IfNoneMatch="*") if etag is None else partial(put, IfMatch=etag)
            despite_conflicts(put, f"s3://{self.bucket}/{place}")
        except (BotoCoreError, ClientError) as error:
            if is_refused(error):
                return written_by(self.client, writer, self.bucket, place)
            raise translate(error, f"s3://{self.bucket}/{place}") from error
        return True


def open_writable_store(uri: str) -> WritableStore:
    """The place that `uri` names, to write to; raises InvalidSettings where the URI has no such form."""
    directory = directory_of(uri)
    if directory is not None:
        return WritableDirectoryStore(directory)
    return WritableS3Store(*s3_place(uri))
