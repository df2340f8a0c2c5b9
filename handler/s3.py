"""A registry on S3, its reading half.

`handler.store.open_store` imports this for `s3://` URIs alone; `training.stores` builds its writing half on it. Every
failure of botocore becomes one of our errors here, so that nothing above this file knows the SDK. boto3 is not part
of the package: the Lambda runtime brings it (AWS Lambda Developer Guide, "Runtime-included SDK versions").
"""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from handler.errors import RegistryAccessDenied, RegistryError, RegistryNotFound, RegistryUnreachable
from handler.store import Blob

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONNECT_SECONDS = 2
READ_SECONDS = 10
ATTEMPTS = 3


def s3_client() -> "S3Client":
    """A client with bounded waiting: S3 answers in tens of milliseconds or is better asked again."""
    return boto3.client(
        "s3",
        config=Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        ),
    )


def translate(error: Exception, uri: str) -> RegistryError:
    """The error of ours that says what botocore's `error` on `uri` means."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
    if code == "NoSuchBucket":
        return RegistryNotFound(f"The bucket of {uri} does not exist: check MODEL_URI.")
    if code in (
        "AccessDenied",
        "403",
        "AllAccessDisabled",
        "InvalidAccessKeyId",
        "SignatureDoesNotMatch",
        "ExpiredToken",
    ):
        return RegistryAccessDenied(
            f"{uri} may not be read or written with these credentials ({code}): check the policy."
        )
    return RegistryUnreachable(f"S3 did not answer for {uri}: {error}")


class S3Store:
    """One model's root, `prefix`, in `bucket`. The client is made at the first request."""

    def __init__(self, bucket: str, prefix: str, client: "S3Client | None" = None) -> None:
        self.bucket = bucket
        self.prefix = prefix
        self._client = client

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"

    @property
    def client(self) -> "S3Client":
        if self._client is None:
            self._client = s3_client()
        return self._client

    def get(self, key: str) -> Blob | None:
        try:
            answer = self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{key}")
            return Blob(answer["Body"].read(), answer["ETag"])
        except (BotoCoreError, ClientError, HTTPClientError) as error:
            if isinstance(error, ClientError) and error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise translate(error, f"{self.uri}/{key}") from error
