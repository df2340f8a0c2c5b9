"""The folder of one job in the model's bucket: what stands in it, and whole objects read and written.

How many requests there were is counted, because S3 takes money for each.
"""

import contextlib
import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from training.errors import ScoringFailed
from training.release.stores.upload import NOTHING, REFUSED_CONDITION, patient_client
from training.s3 import translate

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef


class JobFolder:
    """All objects of `bucket` below `root`/`folder`; names are relative to that folder.

    `root` is the model's prefix. Threads may use it together. What it raises is a RegistryError.
    """

    def __init__(self, bucket: str, root: str, folder: str, client: "S3Client | None" = None) -> None:
        self.bucket = bucket
        self.root = root
        self.folder = folder
        self.requests: Counter[str] = Counter()
        self._made = client
        self._lock = threading.Lock()

    @property
    def _client(self) -> "S3Client":
        with self._lock:
            if self._made is None:
                self._made = patient_client()
            return self._made

    def relative(self, name: str) -> str:
        """The key as the function is told it, relative to the model's root."""
        return f"{self.folder}/{name}"

    def key(self, name: str) -> str:
        """The whole key in the bucket."""
        return f"{self.root}/{self.folder}/{name}"

    def tags(self, prefix: str) -> dict[str, str]:
        """The ETag of each object whose name begins with `prefix`."""
        return {name: entry["ETag"] for name, entry in self._listed(prefix)}

    def moments(self, prefix: str) -> dict[str, int]:
        """When each object whose name begins with `prefix` was written, in seconds since 1970."""
        return {name: int(entry["LastModified"].timestamp()) for name, entry in self._listed(prefix)}

    def get(self, name: str) -> bytes | None:
        """The bytes of an object; None where there is none."""
        self._count("read")
        with self._own_errors(name):
            try:
                return self._client.get_object(Bucket=self.bucket, Key=self.key(name))["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] in NOTHING:
                    return None
                raise

    def put(self, name: str, data: bytes) -> None:
        """Write an object, in place of the one that may be there."""
        self._count("write")
        with self._own_errors(name):
            self._client.put_object(Bucket=self.bucket, Key=self.key(name), Body=data)

    def create(self, name: str, data: bytes) -> None:
        """Write an object where there is none; raises ScoringFailed where another command was first."""
        self._count("write")
        with self._own_errors(name):
            try:
                self._client.put_object(Bucket=self.bucket, Key=self.key(name), Body=data, IfNoneMatch="*")
            except ClientError as error:
                if error.response["Error"]["Code"] in (*REFUSED_CONDITION, "ConditionalRequestConflict"):
                    raise ScoringFailed(
                        "Another command has just started a run of the same tables by the same version: wait until it "
                        "has ended, then go on by --resume."
                    ) from None
                raise

    def _listed(self, prefix: str) -> "Iterator[tuple[str, ObjectTypeDef]]":
        start = self.key("")
        with self._own_errors(prefix):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket, Prefix=self.key(prefix)):
                self._count("write")  # a LIST costs what a PUT does
                for entry in page.get("Contents", []):
                    yield entry["Key"].removeprefix(start), entry

    def _count(self, kind: str) -> None:
        with self._lock:
            self.requests[kind] += 1

    @contextlib.contextmanager
    def _own_errors(self, name: str) -> Iterator[None]:
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            raise translate(error, f"s3://{self.bucket}/{self.key(name)}") from error


def tag_of(data: bytes) -> str:
    """The ETag of an object with these bytes, put whole and encrypted by S3's own keys, as the stack's bucket does.

    Encrypted otherwise it has another tag (Amazon S3 API Reference, "Object"), and is only uploaded once more.
    """
    return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'
