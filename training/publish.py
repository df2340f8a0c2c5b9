"""Puts the folder that `train` wrote into a registry, as a version that never changes.

The order of the writes is the promise: the artifact and the report first, the manifest last, so that a manifest never
names a missing file. A publisher that died half-way is finished by running it again; of two at once, one wins.
"""

from dataclasses import dataclass
from pathlib import Path

from handler.manifest import Manifest
from handler.registry import MANIFEST_FILE, VerifiedArtifact, verify_artifact, version_key
from handler.runtime import require_runtime
from training.errors import InvalidFolder, VersionExists
from training.proof import prove
from training.shipped import shipped_versions
from training.stores import WritableStore

REPORT_FILE = "report.html"


@dataclass(frozen=True)
class TrainedFolder:
    """A folder that `train` wrote, read and verified."""

    artifact: VerifiedArtifact
    manifest_json: bytes
    report: bytes

    @property
    def manifest(self) -> Manifest:
        return self.artifact.manifest


def read_folder(folder: Path) -> TrainedFolder:
    """Read what `train` wrote; raises InvalidFolder, a ManifestError or an ArtifactError."""
    manifest_json = _read(folder, MANIFEST_FILE)
    manifest = Manifest.from_json(manifest_json)
    artifact = verify_artifact(manifest, _read(folder, manifest.artifact.file))
    return TrainedFolder(artifact, manifest_json, _read(folder, REPORT_FILE))


def publish(folder: TrainedFolder, store: WritableStore) -> Manifest:
    """Prove the folder's artifact, then write it as an immutable version.

    Raises RuntimeMismatch or UnprovedArtifact before anything is written, VersionExists where the version was
    published before, or a RegistryError.
    """
    manifest = folder.manifest
    require_runtime(manifest.runtime, shipped_versions())
    prove(folder.artifact)
    for file, data in ((manifest.artifact.file, folder.artifact.data), (REPORT_FILE, folder.report)):
        _create_or_match(store, version_key(manifest.version, file), data)
    if not store.create(version_key(manifest.version, MANIFEST_FILE), folder.manifest_json):
        raise VersionExists(
            f"{manifest.version} is published already in {store.uri}: train again to make a new version."
        )
    return manifest


def _create_or_match(store: WritableStore, key: str, data: bytes) -> None:
    """Write a file of a version that has no manifest yet; the same bytes may stand there from a publisher that died."""
    if store.create(key, data):
        return
    held = store.get(key)
    if held is None or held.data != data:
        raise VersionExists(f"{store.uri}/{key} holds other bytes already: train again to make a new version.")


def _read(folder: Path, file: str) -> bytes:
    try:
        return (folder / file).read_bytes()
    except OSError as error:
        raise InvalidFolder(
            f"{folder / file} cannot be read ({error.strerror}): give the folder that `python -m training train` wrote."
        ) from error
