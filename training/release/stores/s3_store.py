"""A registry on S3, to be written to by its conditional writes (S3 User Guide, "Conditional writes")."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from training.release.stores.conflicts import despite_conflicts
from training.release.stores.s3_reading import ReadableS3Store
from training.release.stores.upload import UPLOAD_PART_BYTES, is_refused, stored_digest, upload, written_by
from training.release.stores.writable import Progress, nobody
from training.s3 import translate

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef


class WritableS3Store(ReadableS3Store):
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

    def create_from(self, key: str, file: Path, progress: Progress = nobody) -> bool:
        return upload(self.bucket, f"{self.prefix}/{key}", file, progress, self.part_bytes)

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
