"""The bucket and the prefix that an `s3://` URI names."""

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
