"""The bytes of a file by stream, unpacked where it is compressed as joblib compresses: little of it is ever in memory.

Sizes in such a file are its own claim: nothing is allocated for a claim, and what it unpacks to is bounded.
"""

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from training.errors import UnpackableArtifact

HEAD_BYTES = 64 * 1024
"""By so much the kind of a file is told."""

PIECE_BYTES = 1024 * 1024

MOST_READ_BYTES = 64 * 1024 * 1024
"""What is read at once: a frame of a pickle has about 64 KiB, and larger values are passed over."""

MOST_UNPACKED_BYTES = 10_240 * 1024 * 1024
"""The memory that a function can have at most (AWS Lambda Developer Guide, "Lambda quotas")."""


FARTHEST = 2**62
"""How far a file may be asked to seek."""


class CutShort(Exception):
    """The compressed file ends before its end, or is damaged."""


class _Inflated(io.RawIOBase):
    """What zlib or gzip packed; of gzip the first member, as joblib reads it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._inflating = file, zlib.decompressobj(zlib.MAX_WBITS | 32)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override] # one of all buffers
        data = b""
        while not data and not self._inflating.eof:
            packed = self._inflating.unconsumed_tail or self._file.read(HEAD_BYTES)
            if not packed:
                raise EOFError
            data = self._inflating.decompress(packed, len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _inflated(file: BinaryIO) -> BinaryIO:
    return io.BufferedReader(_Inflated(file), PIECE_BYTES)


_COMPRESSIONS: tuple[tuple[bytes, Callable[[BinaryIO], Any]], ...] = (
    (b"\x1f\x8b", _inflated),
    (b"BZh", bz2.BZ2File),
    (b"\xfd7zXZ", lzma.LZMAFile),
    (b"\x5d\x00\x00", lzma.LZMAFile),
    (b"x\x01", _inflated),
    (b"x\x5e", _inflated),
    (b"x\x9c", _inflated),
    (b"x\xda", _inflated),
)


class Unpacked:
    """What `file` holds, from its start, to be read forwards once; `head` are its first HEAD_BYTES.

    `is_plain` says that nothing had to be unpacked, `is_all_in_head` that there is no more, `ended` that more was asked
    for than there was. All methods raise CutShort, or UnpackableArtifact where the file asks for more than models do.
    """

    def __init__(self, file: BinaryIO) -> None:
        start = file.read(HEAD_BYTES)
        file.seek(0)
        opened = next((opened for magic, opened in _COMPRESSIONS if start.startswith(magic)), None)
        self._file = opened(file) if opened else file
        self._pending, self._unpacked = io.BytesIO(), 0
        self.is_plain, self.ended = opened is None, False
        self.head = self.read(HEAD_BYTES)
        self.is_all_in_head, self.ended = self.ended, False
        self._pending = io.BytesIO(self.head)

    def read(self, size: int) -> bytes:
        """The next `size` bytes, or as many as there are."""
        if size > MOST_READ_BYTES:
            raise _too_large(size)
        data = bytearray(self._pending.read(size))
        while len(data) < size and (piece := self._from_file(min(size - len(data), PIECE_BYTES))):
            data += piece
        self.ended |= len(data) < size
        return bytes(data)

    def readline(self) -> bytes:
        """The rest of the line, with its end."""
        line = self._pending.readline()
        if not line.endswith(b"\n"):
            with _own_errors():
                line += self._file.readline(MOST_READ_BYTES + 1)
            self._count(len(line))
        if len(line) > MOST_READ_BYTES:
            raise _too_large(len(line))
        self.ended |= not line.endswith(b"\n")
        return line

    def skip(self, size: int) -> None:
        """Go forward by `size` bytes, which are not kept."""
        size -= len(self._pending.read(size))
        if self.is_plain:
            self._file.seek(min(size, FARTHEST), io.SEEK_CUR)
            return
        while size and (piece := self._from_file(min(size, PIECE_BYTES))):
            size -= len(piece)
        self.ended |= size > 0

    def _from_file(self, size: int) -> bytes:
        with _own_errors():
            piece = self._file.read(size)
        self._count(len(piece))
        return piece

    def _count(self, size: int) -> None:
        self._unpacked += size
        if not self.is_plain and self._unpacked > MOST_UNPACKED_BYTES:
            raise UnpackableArtifact(
                f"The file unpacks to more than {MOST_UNPACKED_BYTES // 1024**2:,} MB, which no Lambda function has "
                "memory for: fit a smaller model, or ask whoever made it."
            )


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError, zlib.error, lzma.LZMAError) as error:
        raise CutShort from error


def _too_large(size: int) -> UnpackableArtifact:
    return UnpackableArtifact(
        f"The file holds one piece of {size:,} bytes where a pickle has no such: it was damaged, or made to deceive. "
        "Ask whoever made it."
    )
