"""A registry on S3, as a workstation reads it: by boto3, part by part."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from handler.errors.model import RegistryUnreachable
from handler.registry.s3.place import S3Place
from handler.registry.store import PART_BYTES, Blob, NotModified
from training.s3 import ATTEMPTS, s3_client, translate

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef


class ReadableS3Store(S3Place):
    """One model's root, `prefix`, in `bucket`. The client is made at the first request."""

    def __init__(self, bucket: str, prefix: str, client: "S3Client | None" = None) -> None:
        super().__init__(bucket, prefix)
        self._client = client

    @property
    def client(self) -> "S3Client":
        if self._client is None:
            self._client = s3_client()
        return self._client

    def get(self, key: str) -> Blob | None:
        blob = self._whole({"Bucket": self.bucket, "Key": f"{self.prefix}/{key}"})
        return None if isinstance(blob, NotModified) else blob

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        return self._whole({"Bucket": self.bucket, "Key": f"{self.prefix}/{key}", "IfNoneMatch": etag})

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:  # noqa: ARG002 - S3 says how long it is
        request: GetObjectRequestTypeDef = {"Bucket": self.bucket, "Key": f"{self.prefix}/{key}"}
        first = self._part(request, 0)
        return self._rest(request, first) if isinstance(first, _Part) else None

    def _whole(self, request: "GetObjectRequestTypeDef") -> Blob | NotModified | None:
        first = self._part(request, 0)
        if not isinstance(first, _Part):
            return first
        return Blob(b"".join(self._rest(request, first)), first.etag)

    def _rest(self, request: "GetObjectRequestTypeDef", first: "_Part") -> Iterator[bytes]:
        """The bytes of `first` and all after them."""
        yield first.data
        read = len(first.data)
        same: GetObjectRequestTypeDef = {"Bucket": request["Bucket"], "Key": request["Key"], "IfMatch": first.etag}
        while read < first.total:
            part = self._part(same, read)
            if not isinstance(part, _Part) or not part.data:
                raise RegistryUnreachable(f"s3://{self.bucket}/{request['Key']} went away while it was read.")
            yield part.data
            read += len(part.data)

    def _part(self, request: "GetObjectRequestTypeDef", start: int) -> "_Part | NotModified | None":
        """Up to PART_BYTES from `start`; they are asked for again where the connection breaks."""
        asked: GetObjectRequestTypeDef = {**request, "Range": f"bytes={start}-{start + PART_BYTES - 1}"}
        place = f"s3://{self.bucket}/{request['Key']}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self.client.get_object(**asked)
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code in ("NoSuchKey", "404"):
                    return None
                if code in ("NotModified", "304"):
                    return NotModified()
                if code == "InvalidRange":  # nothing lies at `start`: an empty object
                    return _Part(b"", "", total=0)
                raise translate(error, place) from error
            except BotoCoreError as error:
                raise translate(error, place) from error
            try:
                data = answer["Body"].read()
            except BotoCoreError as error:
                # botocore repeats a request that failed, but not the reading of an answer's body.
                if attempt == ATTEMPTS:
                    raise translate(error, place) from error
                continue
            return _Part(data, answer["ETag"], total=int(answer.get("ContentRange", f"/{len(data)}").split("/")[1]))
        raise AssertionError("the last attempt returns or raises")


class _Part(NamedTuple):
    """Some bytes of an object, its tag, and the length of the whole."""

    data: bytes
    etag: str
    total: int
