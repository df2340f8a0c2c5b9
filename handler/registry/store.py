"""A place that keeps small files under keys, as a reader sees it; the keys are relative to one model's root.

Each kind of place is a file of its own (`directory_store`, `s3_store`); `schemes` says which URI opens which. The
function only reads: stores that also write are in `training.release.stores`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

PART_BYTES = 16 * 1024 * 1024
"""The most that is in memory of a large file while it is read: a connection that breaks costs one part."""


@dataclass(frozen=True)
class Blob:
    """The bytes under a key, with the tag that changes whenever they do."""

    data: bytes
    etag: str


class NotModified:
    """The answer that what is under a key still has the tag that the reader knows."""


class Reader(Protocol):
    """Reads small files by key: aliases and manifests."""

    @property
    def uri(self) -> str:
        """What a person would call this place."""

    def get(self, key: str) -> Blob | None:
        """What is under `key`, or None where nothing is; raises a RegistryError where the place does not answer."""


class Store(Reader, Protocol):
    """Reads any file by key."""

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        """The same as `get`, but NotModified, with no bytes read, where what is under `key` has this tag."""

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        """What is under `key` from its first byte to its last, PART_BYTES at most at a time; None where nothing is.

        `length` is how many bytes the reader expects. Where there are more, it need not give all of them, but it gives
        more than `length`. Raises a RegistryError, now or between two parts.
        """
