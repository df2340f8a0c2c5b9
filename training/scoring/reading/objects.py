"""Inputs on S3: what stands under a prefix, and fetching an object that is still the one that was listed."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from training.data.table.fetching import FETCH_BYTES, bucket_and_key, translated
from training.errors import InvalidTable


@dataclass(frozen=True)
class Listed:
    """What stands directly under a prefix: the URIs of the objects with their ETags, and the names of folders."""

    objects: dict[str, str]
    folders: tuple[str, ...]


def etag_of(uri: str) -> str:
    """The object's ETag, without quotation marks; raises InvalidTable or a RegistryError."""
    from training.s3 import s3_client

    bucket, key = bucket_and_key(uri)
    client = s3_client()
    with translated(uri):
        return client.head_object(Bucket=bucket, Key=key)["ETag"].strip('"')


def listed(uri: str) -> Listed:
    """What stands under `uri`, which ends in a slash, in order of name; raises InvalidTable or a RegistryError."""
    from training.s3 import s3_client

    bucket = urlsplit(uri, allow_fragments=False).netloc
    prefix = uri.partition(f"//{bucket}/")[2]
    if not bucket:
        raise InvalidTable(f"{uri} must name a bucket, as in s3://bucket/folder/.")
    client = s3_client()
    objects, folders = {}, []
    with translated(uri):
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/"):
            folders += [each["Prefix"].removeprefix(prefix).rstrip("/") for each in page.get("CommonPrefixes", ())]
            for each in page.get("Contents", ()):
                if each["Key"] != prefix:  # an object that only marks the folder
                    objects[f"s3://{bucket}/{each['Key']}"] = each["ETag"].strip('"')
    return Listed(dict(sorted(objects.items())), tuple(sorted(folders)))


def fetch_same(uri: str, etag: str, path: Path) -> None:
    """Write the object to `path`; raises InvalidTable where it no longer has the `etag`, or a RegistryError."""
    from botocore.exceptions import ClientError

    from training.s3 import s3_client

    bucket, key = bucket_and_key(uri)
    client = s3_client()
    with translated(uri), path.open("wb") as file:
        try:
            body = client.get_object(Bucket=bucket, Key=key, IfMatch=f'"{etag}"')["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in ("412", "PreconditionFailed"):
                raise InvalidTable(f"{uri} was replaced while it was read: begin again with the new one.") from error
            raise
        shutil.copyfileobj(body, file, FETCH_BYTES)
