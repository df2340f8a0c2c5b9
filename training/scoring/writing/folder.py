"""An output in a folder of this machine: files are written aside, then renamed, and one run writes at a time."""

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from training.errors import UnusableOutput
from training.scoring.writing.place import Written

UNFINISHED = re.compile(r"\.writing-[0-9a-f]{16}")
"""The names of files that are being written. They are hidden, so that no reader of the folder takes them for parts."""

LOCK = ".lock"


class FolderOutput:
    """The folder `root`, which is made at the first need."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def from_path(cls, path: str) -> Self:
        """The folder of a path as a person types it; raises UnusableOutput where that is a file, or none at all."""
        try:
            root = Path(path).expanduser()
        except RuntimeError as error:  # ~somebody who is not there
            raise UnusableOutput(f"The output {path!r} cannot be a folder: {error}") from None
        if "\0" in path or (root.exists() and not root.is_dir()):
            raise UnusableOutput(f"The output {path!r} is no folder: name one, which need not be there.")
        return cls(root)

    @property
    def uri(self) -> str:
        return str(self.root)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """The kernel drops the lock of a process that dies. What killed runs were writing is removed."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UnusableOutput(
                    f"Another run writes into {self.uri}: wait until it has ended, or name another folder."
                ) from None
            for path in self.root.rglob(".writing-*"):
                if UNFINISHED.fullmatch(path.name):
                    path.unlink()
            yield

    def names(self) -> Iterator[str]:
        for path in sorted(self.root.rglob("*")):
            if path.is_file() and path.name != LOCK and not UNFINISHED.fullmatch(path.name):
                yield path.relative_to(self.root).as_posix()

    def read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> Written:
        target = self.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".writing-{os.urandom(8).hex()}")
        try:
            with aside.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target)
        except BaseException as error:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            if isinstance(error, OSError) and error.filename is None:
                error.filename = str(target)  # a full disk names no file, and the person has to know which disk
            raise
        return Written(name, len(data), hashlib.sha256(data).hexdigest())

    def has(self, written: Written) -> bool:
        try:
            with (self.root / written.file).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == written.sha256
        except FileNotFoundError:
            return False

    def delete(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)
