"""A registry's place as a writer sees it: create once, replace by compare-and-swap, list, delete.

Each kind of place is a file of its own (`directory_store`, `s3_store`); `schemes` says which URI opens which.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from handler.registry.store import Store

Progress = Callable[[int], object]
"""Called with how many more bytes are written; with less than nothing where they have to be written again."""


def nobody(_: int) -> None:
    """Takes no notice of progress."""


def parts_of(file: Path, part_bytes: int) -> Iterator[bytes]:
    """The bytes of `file`, `part_bytes` at a time."""
    with file.open("rb") as source:
        while part := source.read(part_bytes):
            yield part


class WritableStore(Store, Protocol):
    """A store that also writes. Each method raises a RegistryError where the place does not answer."""

    def create(self, key: str, data: bytes) -> bool:
        """Write `data` where nothing is; False, and nothing changed, where something is."""

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        """Write `data` over what has `etag` (None: over nothing); False, and nothing changed, where it has another."""

    def list(self, prefix: str) -> Iterator[str]:
        """The names directly below `prefix` (files, and folders without their slash), in order."""

    def delete(self, key: str) -> None:
        """Remove what is under `key`, if anything is."""

    def last_written(self, prefix: str) -> datetime | None:
        """When the newest file directly below `prefix` was written; None where there is none."""

    def create_from(self, key: str, file: Path, progress: Progress = nobody) -> bool:
        """Write the bytes of `file` where nothing is, in parts, never all in memory; False where something is.

        `progress` is called after each part. Where this fails, nothing is under `key`: call it again.
        """

    def digest(self, key: str) -> str | None:
        """The SHA-256 of what is under `key`, read as a stream; None where nothing is."""
