"""Tables on S3: what stands under a prefix, and fetching one object to a file."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from training.errors import InvalidTable

FETCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class Listed:
    """What stands directly under a prefix: the URIs of the objects with their ETags, and the names of folders."""

    objects: dict[str, str]
    folders: tuple[str, ...]


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Of `s3://bucket/key`; raises InvalidTable where either is missing."""
    parts = urlsplit(uri, allow_fragments=False)
    bucket, key = parts.netloc, uri.partition(f"//{parts.netloc}/")[2]
    if not bucket or not key:
        raise InvalidTable(f"{uri} must name a bucket and a key, as in s3://bucket/folder/table.csv.")
    return bucket, key


def etag_of(uri: str) -> str:
    """The object's ETag, without quotation marks; raises InvalidTable or a RegistryError."""
    from training.s3 import s3_client

    bucket, key = bucket_and_key(uri)
    client = s3_client()
    with _translated(uri):
        return client.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')


def listed(uri: str) -> Listed:
    """What stands under `uri`, which ends in a slash, in order of name; raises InvalidTable or a RegistryError."""
    from training.s3 import s3_client

    parts = urlsplit(uri, allow_fragments=False)
    bucket, prefix = parts.netloc, uri.partition(f"//{parts.netloc}/")[2]
    if not bucket:
        raise InvalidTable(f"{uri} must name a bucket, as in s3://bucket/folder/.")
    client = s3_client()
    objects, folders = {}, []
    with _translated(uri):
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/"):
            folders += [each["Prefix"].removeprefix(prefix).rstrip("/") for each in page.get("CommonPrefixes", ())]
            for each in page.get("Contents", ()):
                if each["Key"] != prefix:  # an object that only marks the folder
                    objects[f"s3://{bucket}/{each['Key']}"] = each["ETag"].strip('"')
    return Listed(dict(sorted(objects.items())), tuple(sorted(folders)))


def fetch(uri: str, path: Path, etag: str | None = None, *, shown: bool = True) -> None:
    """Write the object to `path`, with a bar on a terminal where `shown`.

    Raises InvalidTable where it is missing, or no longer has the `etag`; else a RegistryError.
    """
    from training.s3 import s3_client

    bucket, key = bucket_and_key(uri)
    client = s3_client()
    from training.console import bytes_progress  # rich, which a worker of a cluster need not have

    with _translated(uri):
        answer = (
            client.get_object(Bucket=bucket, Key=key)
            if etag is None
            else client.get_object(Bucket=bucket, Key=key, IfMatch=f'"{etag}"')
        )
        bar = bytes_progress("Fetching", answer["ContentLength"]) if shown else contextlib.nullcontext(_unseen)
        with bar as advance, path.open("wb") as file:
            for part in answer["Body"].iter_chunks(FETCH_BYTES):
                file.write(part)
                advance(file.tell())


def _unseen(_: int) -> None:
    pass


@contextlib.contextmanager
def _translated(uri: str) -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError

    from training.s3 import translate

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("404", "NoSuchKey"):
            raise InvalidTable(f"There is no object {uri}: check the bucket and the key.") from error
        if code in ("412", "PreconditionFailed"):
            raise InvalidTable(f"{uri} was replaced while it was read: begin again with the new one.") from error
        raise translate(error, uri) from error
    except BotoCoreError as error:
        raise translate(error, uri) from error
