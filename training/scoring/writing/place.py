"""Where an output is written, a folder or a place on S3: whole files by name, replaced at once or not at all."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from handler.errors.model import InvalidSettings
from handler.registry.s3.place import bucket_and_prefix
from training.errors import UnusableOutput


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


def open_place(uri: str) -> Place:
    """The place that `uri` names, `s3://bucket/prefix` or a folder, which need not be there; raises UnusableOutput."""
    if uri.startswith("s3://"):
        from training.scoring.writing.s3 import S3Output  # boto3, which a folder does not need

        try:
            return S3Output(*bucket_and_prefix(uri))
        except InvalidSettings as error:
            said = str(error).replace("MODEL_URI", "The output")
            raise UnusableOutput(said) from None
    if "://" in uri:
        raise UnusableOutput(f"The output is a folder or s3://BUCKET/PREFIX; it is {uri!r}.")
    from training.scoring.writing.folder import FolderOutput

    return FolderOutput.from_path(uri)
