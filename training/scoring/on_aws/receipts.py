"""The receipt that the function writes on S3 after a chunk's part and refused rows: only with it do they count."""

import json
from dataclasses import dataclass
from typing import Any

from handler.scoring.chunk import Item


@dataclass(frozen=True)
class RemoteReceipt:
    """What the function says of a chunk: how many of its `rows` were `refused`, in which time, with which memory.

    `part_sha256` and `refused_sha256` are the digests of the files that it wrote.
    """

    rows: int
    refused: int
    seconds: float
    memory_mb: int
    part_sha256: str
    refused_sha256: str

    @property
    def gb_seconds(self) -> float:
        """What Lambda takes money for."""
        return self.seconds * self.memory_mb / 1024


def receipt_of(data: bytes | None, item: Item) -> RemoteReceipt | None:
    """The receipt of `item`; None where `data` is none, or is of other bytes, of another version, or no receipt."""
    try:
        document: Any = json.loads(data or b"null")
        if document["input"] != {"chunk": item.chunk, "sha256": item.sha256}:
            return None
        if (document["version"], document["manifest_sha256"]) != (item.version, item.manifest_sha256):
            return None
        return RemoteReceipt(
            int(document["rows"]),
            int(document["refused"]),
            float(document["seconds"]),
            int(document["memory_mb"]),
            str(document["files"]["part"]["sha256"]),
            str(document["files"]["refused"]["sha256"]),
        )
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
