"""A registry in a directory, to be written to, with the promises of S3's conditional writes.

It keeps them by hard links and atomic renames: a reader sees a file whole or not at all, and of two writers one wins.
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from handler.errors.model import RegistryAccessDenied, RegistryNotFound, RegistryUnreachable
from handler.registry.directory_store import DirectoryStore
from training.release.stores.writable import Progress, nobody, parts_of

UNFINISHED = ".writing-"
"""How the files of unfinished writes begin. They are hidden: a reader never sees one."""

DISK_BYTES = 1024 * 1024


class WritableDirectoryStore(DirectoryStore):
    """A registry in a directory, which is made at the first write."""

    def create(self, key: str, data: bytes) -> bool:
        return self._create(key, [data])

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        target = self.root / key
        if etag is None:
            return self.create(key, data)
        with self._written_aside(target, [data]) as aside, self._locked():
            held = self.get(key)
            if held is None or held.etag != etag:
                return False
            aside.replace(target)
        return True

    def list(self, prefix: str) -> Iterator[str]:
        names = sorted(path.name for path in self._entries(prefix))
        yield from (name for name in names if not name.startswith("."))

    def delete(self, key: str) -> None:
        path = self.root / key
        with _write_errors(path):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # S3 has no folders, so an empty one means nothing here either
            left = list(path.parent.iterdir())
            if all(aside.name.startswith(UNFINISHED) for aside in left):
                for aside in left:  # of writers that were killed
                    aside.unlink()
                path.parent.rmdir()

    def last_written(self, prefix: str) -> datetime | None:
        moments = []
        for path in self._entries(prefix):
            with contextlib.suppress(FileNotFoundError), self._own_errors(prefix):  # another writer may end meanwhile
                moments.append(path.stat().st_mtime)
        return datetime.fromtimestamp(max(moments), UTC) if moments else None

    def create_from(self, key: str, file: Path, progress: Progress = nobody) -> bool:
        return self._create(key, parts_of(file, DISK_BYTES), progress)

    def digest(self, key: str) -> str | None:
        file = self.root / key
        with contextlib.suppress(FileNotFoundError, RegistryNotFound), self._own_errors(key), file.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
        return None

    def _entries(self, prefix: str) -> tuple[Path, ...]:
        """What is in a folder: nothing where there is no such folder."""
        with contextlib.suppress(FileNotFoundError, RegistryNotFound), self._own_errors(prefix):
            return tuple((self.root / prefix).iterdir())
        return ()

    def _create(self, key: str, parts: Iterable[bytes], progress: Progress = nobody) -> bool:
        target = self.root / key
        with self._written_aside(target, parts, progress) as aside:
            try:
                # Unlike a rename, a link never replaces: it is the directory's If-None-Match: *.
                os.link(aside, target)
            except FileExistsError:
                return False
        return True

    @contextlib.contextmanager
    def _written_aside(self, target: Path, parts: Iterable[bytes], progress: Progress = nobody) -> Iterator[Path]:
        """A hidden file beside `target` that holds `parts`, safely on disk; gone at the end."""
        with _write_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=target.parent, prefix=UNFINISHED, delete=False) as file:
                aside = Path(file.name)
                try:
                    for part in parts:
                        progress(file.write(part))
                    file.flush()
                    os.fsync(file.fileno())
                    aside.chmod(0o644)
                    yield aside
                finally:
                    aside.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Only one replacement at a time. The kernel drops the lock of a process that dies."""
        with (self.root / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextlib.contextmanager
def _write_errors(path: Path) -> Iterator[None]:
    """Raise what the file system says of a write as an error of ours."""
    try:
        yield
    except PermissionError as error:
        raise RegistryAccessDenied(f"{path} may not be written: check the directory's owner and mode.") from error
    except OSError as error:
        raise RegistryUnreachable(
            f"{path} cannot be written: {error.strerror}. Make room, or give another directory with --model-uri."
        ) from error
