"""Puts a large file under a key of S3 in parts, on the condition that nothing is there.

S3 takes at most 5 GB in one request, and a request that breaks starts from nothing (S3 User Guide, "Uploading and
copying objects using multipart upload"). s3transfer, which boto3 would do this with, knows no conditional completion
(its ALLOWED_UPLOAD_ARGS have no IfNoneMatch), so the three calls are made here. One part is in memory at a time.

What a killed upload leaves is invisible under the key; the bucket's lifecycle rule (template.yaml) removes it.
"""

import contextlib
import hashlib
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from handler.errors.model import RegistryUnreachable
from training.release.stores.conflicts import despite_conflicts, is_conflict
from training.release.stores.writable import Progress, nobody, parts_of
from training.s3 import translate

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

UPLOAD_PART_BYTES = 16 * 1024 * 1024
"""S3 wants 5 MB at least, but for the last part, and 10,000 parts at most (S3 User Guide, "Multipart upload limits"):
this takes artifacts up to 156 GB, far more than a function could load."""

NOTHING = ("404", "NoSuchKey")
"""What S3 says of a key that holds nothing."""

REFUSED_CONDITION = ("PreconditionFailed", "NoSuchKey")
"""What S3 says of a condition that does not hold: the key has another tag, or is gone."""


def patient_client() -> "S3Client":
    """A client for megabytes a request. The function's own gives up as soon as a caller of the function would."""
    import boto3  # slow to import: a registry in a folder does without
    from botocore.config import Config

    # The mode backs off and repeats each part by itself.
    retries = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5})
    return boto3.client("s3", config=retries)


def upload(bucket: str, key: str, file: Path, progress: Progress = nobody, part_bytes: int = UPLOAD_PART_BYTES) -> bool:
    """Put `file` under `key` where nothing is; False, and nothing changed, where something is. Raises a RegistryError.

    Whatever goes wrong, the parts sent so far are discarded and nothing is under `key`: call it again.
    """
    client, place, writer = patient_client(), f"s3://{bucket}/{key}", uuid.uuid4().hex
    try:
        if _metadata(client, bucket, key) is not None:  # S3 would say so only after the last part
            return False
        despite_conflicts(lambda: _send(client, bucket, key, writer, file, progress, part_bytes), place)
    except (BotoCoreError, ClientError) as error:
        # A completion whose answer was lost is repeated by botocore, which then finds our own object or no upload.
        if is_refused(error) or _code(error) == "NoSuchUpload":
            return written_by(client, writer, bucket, key)
        raise translate(error, place) from error
    except OSError as error:
        raise RegistryUnreachable(
            f"{file} cannot be read for {place}: {error.strerror}. Make the folder again, and publish that one."
        ) from error
    return True


def _send(
    client: "S3Client", bucket: str, key: str, writer: str, file: Path, progress: Progress, part_bytes: int
) -> None:
    """One try. After a conflict S3 wants an upload in parts to begin anew, so the progress is taken back."""
    sent = 0

    def count(more: int) -> None:
        nonlocal sent
        sent += more
        progress(more)

    try:
        if file.stat().st_size <= part_bytes:
            data = file.read_bytes()
            client.put_object(Bucket=bucket, Key=key, Body=data, IfNoneMatch="*", Metadata={"writer": writer})
            count(len(data))
        else:
            _in_parts(client, bucket, key, writer, _counted(parts_of(file, part_bytes), count))
    except ClientError as error:
        if sent and is_conflict(error):
            progress(-sent)
        raise


def _counted(parts: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    """`parts`; each counts as progress when the next one is taken, for it has been sent by then."""
    for part in parts:
        yield part
        progress(len(part))


def _in_parts(client: "S3Client", bucket: str, key: str, writer: str, parts: Iterator[bytes]) -> None:
    begun = client.create_multipart_upload(Bucket=bucket, Key=key, Metadata={"writer": writer})["UploadId"]
    try:
        sent: list[CompletedPartTypeDef] = []
        for number, part in enumerate(parts, start=1):
            answer = client.upload_part(Bucket=bucket, Key=key, UploadId=begun, PartNumber=number, Body=part)
            sent.append({"PartNumber": number, "ETag": answer["ETag"]})
        client.complete_multipart_upload(
            Bucket=bucket, Key=key, UploadId=begun, MultipartUpload={"Parts": sent}, IfNoneMatch="*"
        )
    except BaseException:  # an interrupt too: parts that nobody completes are paid for
        with contextlib.suppress(BotoCoreError, ClientError):
            client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=begun)
        raise


def stored_digest(bucket: str, key: str, part_bytes: int = 1024 * 1024) -> str | None:
    """The SHA-256 of what is under `key`, read as a stream; None where nothing is. Raises a RegistryError."""
    digest = hashlib.sha256()
    try:
        for part in patient_client().get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(part_bytes):
            digest.update(part)
    except (BotoCoreError, ClientError) as error:
        if _code(error) in NOTHING:
            return None
        raise translate(error, f"s3://{bucket}/{key}") from error
    return digest.hexdigest()


def is_refused(error: Exception) -> bool:
    """Whether S3 refused a write because its condition does not hold."""
    return _code(error) in REFUSED_CONDITION


def written_by(client: "S3Client", writer: str, bucket: str, key: str) -> bool:
    """Whether a refused write was ours after all: botocore repeats one whose answer was lost, and meets itself."""
    try:
        return (_metadata(client, bucket, key) or {}).get("writer") == writer
    except (BotoCoreError, ClientError) as error:
        raise translate(error, f"s3://{bucket}/{key}") from error


def _metadata(client: "S3Client", bucket: str, key: str) -> dict[str, str] | None:
    """The metadata of what is under `key`; None where nothing is."""
    try:
        return client.head_object(Bucket=bucket, Key=key)["Metadata"]
    except ClientError as error:
        if _code(error) in NOTHING:
            return None
        raise


def _code(error: Exception) -> str:
    return str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
