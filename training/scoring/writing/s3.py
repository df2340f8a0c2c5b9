"""An output on S3. S3 shows an object whole or not at all (S3 User Guide, "Amazon S3 data consistency model").

Nothing keeps a second run away: S3 has no lock that ends with the process that holds it.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from training.release.stores.upload import NOTHING, patient_client
from training.s3 import translate
from training.scoring.writing.place import Written

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class S3Output:
    """All objects of `bucket` whose keys begin with `prefix` and a slash. The client is made at the first request."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix
        self._made: S3Client | None = None
        self._tags: dict[str, str] = {}

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def _client(self) -> "S3Client":
        if self._made is None:
            self._made = patient_client()
        return self._made

    def held(self) -> AbstractContextManager[object]:
        return contextlib.nullcontext()

    def names(self) -> Iterator[str]:
        """The tags of all objects come with their names, and are kept for `has`."""
        start = f"{self.prefix}/"
        self._tags.clear()
        with self._own_errors(""):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start):
                for entry in page.get("Contents", []):
                    name = entry["Key"].removeprefix(start)
                    self._tags[name] = entry["ETag"]
                    yield name

    def read(self, name: str) -> bytes | None:
        try:
            with self._own_errors(name):
                return self._client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")["Body"].read()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> Written:
        with self._own_errors(name):
            answer = self._client.put_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}", Body=data)
        self._tags[name] = answer["ETag"]
        return Written(name, len(data), hashlib.sha256(data).hexdigest(), answer["ETag"])

    def has(self, written: Written) -> bool:
        return written.tag is not None and self._tags.get(written.file) == written.tag

    def delete(self, name: str) -> None:
        with self._own_errors(name):
            self._client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")

    @contextlib.contextmanager
    def _own_errors(self, name: str) -> Iterator[None]:
        """Raise what S3 says as an error of ours; FileNotFoundError where only the object is missing."""
        try:
            yield
        except (BotoCoreError, ClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in NOTHING:
                raise FileNotFoundError(name) from None
            raise translate(error, f"{self.uri}/{name}".rstrip("/")) from error
