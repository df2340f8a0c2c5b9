"""Fetches a table from S3 to a file."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from training.errors import InvalidTable

FETCH_BYTES = 8 * 1024 * 1024


def bucket_and_key(uri: str) -> tuple[str, str]:
    """Of `s3://bucket/key`; raises InvalidTable where either is missing."""
    bucket = urlsplit(uri, allow_fragments=False).netloc
    key = uri.partition(f"//{bucket}/")[2]
    if not bucket or not key:
        raise InvalidTable(f"{uri} must name a bucket and a key, as in s3://bucket/folder/table.csv.")
    return bucket, key


def fetch(uri: str, path: Path) -> None:
    """Write the object to `path`, with a bar on a terminal; raises InvalidTable or a RegistryError."""
    from training.console import bytes_progress  # rich, which a worker of a cluster need not have
    from training.s3 import s3_client

    bucket, key = bucket_and_key(uri)
    client = s3_client()
    with translated(uri):
        answer = client.get_object(Bucket=bucket, Key=key)
        with bytes_progress("Fetching", answer["ContentLength"]) as advance, path.open("wb") as file:
            for part in answer["Body"].iter_chunks(FETCH_BYTES):
                file.write(part)
                advance(file.tell())


@contextlib.contextmanager
def translated(uri: str) -> Iterator[None]:
    """Raise what botocore raises over the object as InvalidTable, where there is none, or as a RegistryError."""
    from botocore.exceptions import BotoCoreError, ClientError

    from training.s3 import translate

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey"):
            raise InvalidTable(f"There is no object {uri}: check the bucket and the key.") from error
        raise translate(error, uri) from error
    except BotoCoreError as error:
        raise translate(error, uri) from error
