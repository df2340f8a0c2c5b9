"""The bucket and the prefix that an `s3://` URI names, whoever reads them."""

from typing import Self
from urllib.parse import urlsplit

from handler.errors.model import InvalidSettings


def bucket_and_prefix(uri: str) -> tuple[str, str]:
    """The place of an `s3://` URI; raises InvalidSettings where that has no bucket or no usable prefix."""
    parts = urlsplit(uri)
    prefix = parts.path.strip("/")
    if not parts.netloc or not prefix:
        raise InvalidSettings(f"MODEL_URI must name a bucket and a prefix, as in s3://bucket/iris; it is {uri!r}.")
    if {"", ".", ".."} & set(prefix.split("/")):
        # S3 takes such keys as they are, and a client along the way would not.
        raise InvalidSettings(f"MODEL_URI must have a prefix without empty parts, '.' and '..'; it is {uri!r}.")
    return parts.netloc, prefix


class S3Place:
    """One model's root, `prefix`, in `bucket`."""

    def __init__(self, bucket: str, prefix: str) -> None:
        self.bucket = bucket
        self.prefix = prefix

    @classmethod
    def from_uri(cls, uri: str) -> Self:
        """The place of an `s3://` URI; raises InvalidSettings where that has no bucket or no usable prefix."""
        return cls(*bucket_and_prefix(uri))

    @property
    def uri(self) -> str:
        return f"s3://{self.bucket}/{self.prefix}"
