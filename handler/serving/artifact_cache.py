"""Keeps verified artifacts on disk by their digest, so that a retry or a rollback does not download again.

Lambda gives each environment a /tmp of its own that outlives requests (AWS Lambda Developer Guide, "Configure ephemeral
storage"); elsewhere the temporary folder is shared by all users, and there is no cache. Extensions and the model's own
code can write to /tmp, so the folder is private, no link is followed, and only what this file wrote is deleted. Nothing
in the folder is trusted: what is kept is read as a registry is, hashed on its way to where it is loaded from, and
deleted where it does not match. A full, broken or hostile disk costs a download, never an answer.

A large artifact is loaded from a file of its own in /tmp (`handler.registry.storage`). That file goes before any copy:
copies are deleted to make room for it, and one is kept only where the next such file would still have room.
"""

import contextlib
import os
import re
import stat
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from handler.errors.model import ArtifactError
from handler.registry.chain import VerifiedArtifact, read_artifact_with, read_code, verify_parts
from handler.registry.manifest import Manifest
from handler.registry.storage import parts_from, parts_of, room_needed
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
        form = form or manifest.form
        # Small, and of few versions: it is read each time.
        code = read_code(store, manifest)
        length = manifest.artifacts[form].bytes
        with contextlib.suppress(OSError), self._opened() as folder:
            with contextlib.suppress(OSError):
                kept = _kept(folder, manifest, form, code)
            if kept is None:
                _make_room(folder, self.maximum_bytes, room_needed(length))
        if kept is not None:
            return kept
        artifact = read_artifact_with(store, manifest, form, code)
        if length <= self.maximum_bytes:
            # A disk that is full or read-only is no reason to have no model.
            with contextlib.suppress(OSError):
                self.folder.parent.mkdir(parents=True, exist_ok=True)
                with contextlib.suppress(FileExistsError):
                    self.folder.mkdir(mode=0o700)
                with self._opened() as folder:
                    if room_needed(length) == 0 or _free(folder) >= length + room_needed(length):
                        _make_room(folder, self.maximum_bytes - length)
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


def _kept(folder: int, manifest: Manifest, form: str, code: bytes | None) -> VerifiedArtifact | None:
    """The artifact, if it is kept; a file that is not it is deleted. Raises OSError."""
    name = manifest.artifacts[form].sha256
    # O_NONBLOCK, because opening a pipe would wait for its writer.
    with os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        try:
            artifact = verify_parts(manifest, partial(parts_from, file), form, code)
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
    file = os.fdopen(os.open(aside, flags, mode=0o600, dir_fd=folder), "wb")
    try:
        with file:
            file.writelines(parts_of(artifact.content))
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


def _make_room(folder: int, left: int, free: int = 0) -> None:
    """Delete the least recently used until at most `left` bytes are kept and `free` bytes of the disk are free, and
    what a killed writer left."""
    with os.scandir(folder) as entries:
        ours = [entry for entry in entries if _OURS.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)]
    files = [(entry.name, entry.stat(follow_symlinks=False)) for entry in ours]
    kept = sum(status.st_size for _, status in files)
    left = min(left, kept - max(0, free - _free(folder)))
    for name, status in sorted(files, key=lambda file: file[1].st_mtime, reverse=True):
        left -= status.st_size
        if left < 0 or name.startswith(WRITING):
            os.unlink(name, dir_fd=folder)


def _free(folder: int) -> int:
    """The bytes that the disk of `folder` still takes of this user."""
    disk = os.statvfs(folder)
    return disk.f_bavail * disk.f_frsize


def temporary_cache() -> ArtifactCache | None:
    """A cache in the temporary folder; None where no folder takes a file, as when a new environment's disk is full."""
    try:
        return ArtifactCache(Path(tempfile.gettempdir(), FOLDER))
    except OSError:  # gettempdir() writes a file to find out
        return None
