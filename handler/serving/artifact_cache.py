"""Keeps verified artifacts on disk by their digest, so that a retry or a rollback does not download again.

Lambda gives each environment a /tmp of its own that outlives requests (AWS Lambda Developer Guide, "Configure ephemeral
storage"); elsewhere the temporary folder is shared by all users, and there is no cache. Extensions and the model's own
code can write to /tmp, so the folder is private, no link is followed, and only what this file wrote is deleted. Nothing
in the folder is trusted: every read is hashed again, and what does not match is deleted. A full, broken or hostile disk
costs a download, never an answer.
"""

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from handler.errors.model import ArtifactError
from handler.registry.chain import VerifiedArtifact, read_artifact, verify_artifact
from handler.registry.manifest import Manifest
from handler.registry.store import Store

FOLDER = "sklearn-on-lambda-artifacts"

MAXIMUM_BYTES = 256 * 1024 * 1024
"""Half of the 512 MB that /tmp has unless the template asks for more (AWS Lambda Developer Guide, "Lambda quotas")."""

WRITING = ".writing-"
_OURS = re.compile(rf"[0-9a-f]{{64}}|{re.escape(WRITING)}.*")


class ArtifactCache:
    """A folder of artifacts, each in a file named for its SHA-256, together no larger than `maximum_bytes`."""

    def __init__(self, folder: Path, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self.folder = folder
        self.maximum_bytes = maximum_bytes

    def read(self, store: Store, manifest: Manifest, form: str | None = None) -> VerifiedArtifact:
        """What `read_artifact` gives and raises, from the folder where it is kept."""
        kept = None
        with contextlib.suppress(OSError), self._opened() as folder:
            kept = _kept(folder, manifest, form or manifest.form)
        if kept is not None:
            return kept
        artifact = read_artifact(store, manifest, form)
        if len(artifact.data) <= self.maximum_bytes:
            # A disk that is full or read-only is no reason to have no model.
            with contextlib.suppress(OSError):
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileExistsError):
                    self.folder.mkdir(mode=0o700)
                with self._opened() as folder:
                    _make_room(folder, self.maximum_bytes - len(artifact.data))
                    _keep(folder, artifact)
        return artifact

    @contextlib.contextmanager
    def _opened(self) -> Iterator[int]:
        """The folder as a descriptor, so that nobody can put another in its place; raises OSError if it is not ours."""
        folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            found = os.fstat(folder)
            if found.st_uid != os.geteuid():
                raise PermissionError(f"{self.folder} belongs to another user")
            if stat.S_IMODE(found.st_mode) != 0o700:
                os.fchmod(folder, 0o700)
            yield folder
        finally:
            os.close(folder)


def _kept(folder: int, manifest: Manifest, form: str) -> VerifiedArtifact | None:
    """The artifact, if it is kept; a file that is not it is deleted. Raises OSError."""
    expected = manifest.artifacts[form]
    name = expected.sha256
    # O_NONBLOCK, because opening a pipe would wait for its writer.
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            return None
        # Anything larger would fill the memory.
        data = file.read() if found.st_size == expected.bytes else b""
        try:
            artifact = verify_artifact(manifest, data, form)
        except ArtifactError:
            os.unlink(name, dir_fd=folder)
            return None
        os.utime(file.fileno())
    return artifact


def _keep(folder: int, artifact: VerifiedArtifact) -> None:
    name = artifact.manifest.artifact.sha256
    if not _is_free(folder, name):
        return
    aside = WRITING + os.urandom(8).hex()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    file = os.fdopen(os.open(aside, flags, mode=0o600, dir_fd=folder), "wb", buffering=0)
    try:
        with file:
            written = 0
            while written < len(artifact.data):
                written += file.write(memoryview(artifact.data)[written:])
        # The rename makes it whole or not there: a half-written file never has an artifact's name.
        os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError:
        os.unlink(aside, dir_fd=folder)
        raise


def _is_free(folder: int, name: str) -> bool:
    """Whether this name is free or a plain file's: a rename would replace a link as well."""
    try:
        return stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return True


def _make_room(folder: int, left: int) -> None:
    """Delete the least recently used until at most `left` bytes are kept, and what a killed writer left."""
    with os.scandir(folder) as entries:
        ours = [entry for entry in entries if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)]
    files = [(entry.name, entry.stat(follow_symlinks=False)) for entry in ours]
    for name, status in sorted(files, key=lambda file: file[1].st_mtime, reverse=True):
        left -= status.st_size
        if left < 0 or name.startswith(WRITING):
            os.unlink(name, dir_fd=folder)


def temporary_cache() -> ArtifactCache | None:
    """A cache in the temporary folder; None where no folder takes a file, as when a new environment's disk is full."""
    try:
        return ArtifactCache(Path(tempfile.gettempdir(), FOLDER))
    except OSError:  # gettempdir() writes a file to find out
        return None
