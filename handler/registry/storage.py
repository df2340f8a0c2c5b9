"""Where the bytes of an artifact are between the registry and the engine: in memory, or in a file that has no name.

A small artifact is plain `bytes`. A large one is written, part by part, to a file of the temporary folder that nobody
can find there: what was hashed on its way in cannot be changed before it is loaded, an engine can map it, and the disk
has it back once nobody needs it. Where the disk cannot take it, the same file is made in memory.
"""

import contextlib
import io
import os
import weakref
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from mmap import mmap

    from _typeshed import WriteableBuffer

IN_MEMORY_BYTES = 16 * 1024 * 1024
"""An artifact of so many bytes at most is read into memory: a few copies of it do not matter there."""

RESERVE_BYTES = 8 * 1024 * 1024
"""What is left in /tmp for the file system itself and for what else the function writes."""

FILE_PART_BYTES = 1024 * 1024
"""A file is passed on in parts of so many bytes at most. Larger ones are no faster, and two of them are in memory at
once, while the cache is written beside the model that is being loaded."""


def storage_needed(artifact_bytes: int) -> int:
    """The bytes of /tmp that a function needs, so that it need not hold an artifact of this length in memory.

    While a model is replaced, its file and that of the new one are both there. 0 for an artifact that is read into
    memory anyway. With less, the function serves all the same, and takes more memory.
    """
    return artifact_bytes + room_needed(artifact_bytes) if artifact_bytes > IN_MEMORY_BYTES else 0


def room_needed(artifact_bytes: int) -> int:
    """The bytes that must be free in /tmp for the file of one such artifact; 0 where it is read into memory."""
    return artifact_bytes + RESERVE_BYTES if artifact_bytes > IN_MEMORY_BYTES else 0


class PrivateFile:
    """A file without a name, of which `descriptor` is all there is; closed, and gone, with the last who holds it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        weakref.finalize(self, os.close, descriptor)

    def open(self) -> BinaryIO:
        """A reader of its own, from the start."""
        return io.BufferedReader(_Reader(self))

    def mapped(self) -> "mmap":
        """All of the file as memory that can be written to, which changes the file for nobody."""
        import mmap  # for large artifacts alone

        return mmap.mmap(self.descriptor, 0, access=mmap.ACCESS_COPY)


Content = bytes | PrivateFile


def hold(read: Callable[[], Iterable[bytes]], length: int) -> Content:
    """The bytes that `read` gives, `length` of them; passes on what `read` raises, and never an OSError of the disk.

    `read` is called anew, and gives all from the start, where a place that took the first bytes could not take the
    others. A disk without room for `length` bytes says so before anything is read.
    """
    if length > IN_MEMORY_BYTES:
        for made in (_file_on_disk, _file_in_memory):
            with contextlib.suppress(OSError):
                return _filled(made(length), read())
    return b"".join(read())


def opened(content: Content) -> BinaryIO:
    """A reader of `content`, from the start."""
    return io.BytesIO(content) if isinstance(content, bytes) else content.open()


def parts_of(content: Content) -> Iterator[bytes]:
    """The bytes of `content`, FILE_PART_BYTES at most at a time where they are in a file."""
    if isinstance(content, bytes):
        yield content
    else:
        with content.open() as reader:
            yield from parts_from(reader)


def parts_from(reader: BinaryIO) -> Iterator[bytes]:
    """All that `reader` has, from its first byte on, FILE_PART_BYTES at most at a time."""
    reader.seek(0)
    return iter(partial(reader.read, FILE_PART_BYTES), b"")


def _file_on_disk(length: int) -> PrivateFile:
    """An empty file in the temporary folder, with room for `length` bytes; raises OSError."""
    import tempfile  # for large artifacts alone

    with tempfile.TemporaryFile(buffering=0) as file:
        if hasattr(os, "posix_fallocate"):  # macOS has none
            os.posix_fallocate(file.fileno(), 0, length)
        return PrivateFile(os.dup(file.fileno()))


def _file_in_memory(_: int) -> PrivateFile:
    """The same without a disk; raises OSError where the system has none."""
    if not hasattr(os, "memfd_create"):
        raise OSError("files in memory are Linux's")
    return PrivateFile(os.memfd_create("artifact"))


def _filled(file: PrivateFile, parts: Iterable[bytes]) -> PrivateFile:
    """`file` with `parts` written to it; raises OSError."""
    place = 0
    for part in parts:
        left = memoryview(part)
        while left:
            written = os.pwrite(file.descriptor, left, place)
            left, place = left[written:], place + written
    return file


class _Reader(io.RawIOBase):
    """Reads a private file at a place of its own: those of duplicated descriptors move together."""

    def __init__(self, file: PrivateFile) -> None:
        self._file = file
        self._place = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        data = os.pread(self._file.descriptor, len(view), self._place)
        view[: len(data)] = data
        self._place += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._place}.get(whence, os.fstat(self._file.descriptor).st_size)
        self._place = start + offset
        return self._place
