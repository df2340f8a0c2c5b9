"""The version that a run asks: verified at its start, and put into a folder from which each worker loads it."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from handler.registry.chain import (
    VerifiedArtifact,
    checked_manifest,
    manifest_bytes,
    read_alias,
    read_artifact,
    read_manifest,
)
from handler.registry.manifest import Manifest, sha256
from handler.registry.store import Store
from handler.serving.engine_choice import form_for
from training.release.promote import require_published
from training.release.proof import require_allowed, write_version
from training.release.stores.writable import WritableStore


@dataclass(frozen=True)
class Chosen:
    """A version, by its manifest and the digest of that."""

    manifest: Manifest
    manifest_sha256: str

    @property
    def version(self) -> str:
        return self.manifest.version


def choose(store: WritableStore, alias: str, version: str | None) -> Chosen:
    """The `version` of that name, or else what `alias` names now; raises ManifestMissing or another ModelUnavailable.

    Nothing vouches for the manifest of a version that no alias names, as nothing does for `show`.
    """
    if version is None:
        served = read_alias(store, alias)
        return Chosen(read_manifest(store, served.version, served.manifest_sha256), served.manifest_sha256)
    require_published(store, version)
    data = manifest_bytes(store, version)
    return Chosen(checked_manifest(data, version), sha256(data))


def read_allowed(store: Store, chosen: Chosen) -> VerifiedArtifact:
    """The model of the version, in the form that is loaded here: verified, looked into, and not loaded.

    Raises an ArtifactError or a RegistryError, UnloadableArtifact where no engine here has a form for it, and
    UnprovedArtifact where a pickle imports what no model may.
    """
    artifact = read_artifact(store, chosen.manifest, form_for(chosen.manifest))
    require_allowed(artifact)
    return artifact


@contextlib.contextmanager
def version_folder(artifact: VerifiedArtifact, chosen: Chosen) -> Iterator[Path]:
    """A directory registry with this version alone, for processes of this machine; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="version-") as folder:
        write_version(Path(folder), artifact, chosen.manifest)
        yield Path(folder)
