"""Keeps verified artifacts on disk by their digest, so that a retry or a rollback does not download again.

`handler.environment` reads through it. Lambda gives each environment a /tmp of its own that outlives requests (AWS
Lambda Developer Guide, "Configure ephemeral storage"). Nothing found there is trusted: every read is hashed again,
and what does not match is thrown away. A full or broken disk costs a download, never an answer.
"""

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from handler.errors import ArtifactError
from handler.manifest import Manifest
from handler.registry import VerifiedArtifact, read_artifact, verify_artifact
from handler.store import Store

MAXIMUM_BYTES = 256 * 1024 * 1024
"""Half of the 512 MB that /tmp has unless the template asks for more (AWS Lambda Developer Guide, "Lambda quotas")."""


class ArtifactCache:
    """A folder of artifacts, each in a file named for its SHA-256, together no larger than `maximum_bytes`."""

    def __init__(self, folder: Path, maximum_bytes: int = MAXIMUM_BYTES) -> None:
        self.folder = folder
        self.maximum_bytes = maximum_bytes

    def read(self, store: Store, manifest: Manifest) -> VerifiedArtifact:
        """The artifact of `manifest`, from the folder or else from `store`; raises what `read_artifact` raises."""
        kept = self._kept(manifest)
        if kept is not None:
            return kept
        artifact = read_artifact(store, manifest)
        # A disk that is full or read-only is no reason to have no model.
        with contextlib.suppress(OSError):
            self._keep(artifact)
        return artifact

    def _kept(self, manifest: Manifest) -> VerifiedArtifact | None:
        path = self.folder / manifest.artifact.sha256
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or found.st_size != manifest.artifact.bytes:
                raise OSError("not an artifact: a pipe would be waited for, and anything larger fill the memory")
            artifact = verify_artifact(manifest, path.read_bytes())
            os.utime(path)
        except (OSError, ArtifactError):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return None
        return artifact

    def _keep(self, artifact: VerifiedArtifact) -> None:
        if len(artifact.data) > self.maximum_bytes:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self._make_room(len(artifact.data))
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".writing-", delete=False) as file:
            aside = Path(file.name)
            try:
                file.write(artifact.data)
                file.flush()
                # The rename makes it whole or not there: a half-written file never has an artifact's name.
                aside.rename(self.folder / artifact.manifest.artifact.sha256)
            except OSError:
                aside.unlink(missing_ok=True)
                raise

    def _make_room(self, size: int) -> None:
        """Delete what was not used for longest until `size` more bytes fit, and what a killed writer left behind."""
        found = [(path, path.lstat()) for path in self.folder.iterdir()]
        files = [(path, status) for path, status in found if stat.S_ISREG(status.st_mode)]
        left = self.maximum_bytes - size
        for path, status in sorted(files, key=lambda file: file[1].st_mtime, reverse=True):
            left -= status.st_size
            if left < 0 or path.name.startswith(".writing-"):
                path.unlink(missing_ok=True)


def temporary_cache() -> ArtifactCache | None:
    """A cache in the temporary folder; None where no folder takes a file, as where a new environment's disk is full."""
    try:
        return ArtifactCache(Path(tempfile.gettempdir(), "models"))
    except OSError:  # gettempdir() writes a file to find out
        return None
