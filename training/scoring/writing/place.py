"""Where an output is written, a folder or a place on S3: whole files by name, replaced at once or not at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Written:
    """A file that was written: its name in the output, its length, and the SHA-256 of its bytes.

    `tag` is what S3 calls these bytes; None in a folder.
    """

    file: str
    bytes: int
    sha256: str
    tag: str | None = None


class Place(Protocol):
    """An output. Names are relative to it, with `/`. What it raises is an error of ours, or an OSError with a name."""

    @property
    def uri(self) -> str:
        """What a person calls it."""

    def held(self) -> AbstractContextManager[object]:
        """Within it no other run writes here, where the place can tell; raises UnusableOutput if one does."""

    def names(self) -> Iterator[str]:
        """The names of all files, but for those that only serve the writing."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file; None where there is none."""

    def write(self, name: str, data: bytes) -> Written:
        """Write a file whole, in place of the one that may be there."""

    def has(self, written: Written) -> bool:
        """Whether the file is there with the bytes that were written."""

    def delete(self, name: str) -> None:
        """Remove a file, if it is there."""
