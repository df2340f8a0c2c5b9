"""Puts the folder that `train` wrote into a registry, as a version that never changes.

The order of the writes is the promise: the artifact, its code and the report first, the manifest last, so that a
manifest never names a missing file. A publisher that died half-way is finished by running it again; of two at once, one
wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from handler.engines.versions import require_runtime
from handler.errors.model import RegistryNotFound
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, VerifiedArtifact, verify_parts, version_key
from handler.registry.manifest import Manifest
from handler.registry.store import PART_BYTES
from training.errors import InvalidFolder, VersionExists
from training.release.proof import prove
from training.release.shipped import shipped_versions
from training.release.stores.upload import UPLOAD_PART_BYTES
from training.release.stores.writable import Progress, WritableStore, nobody, parts_of

GATE_FILE = "gate.json"


@dataclass(frozen=True)
class TrainedFolder:
    """A folder that `train` wrote, read and verified. `file` is where the artifact lies, if it lies in a file."""

    artifact: VerifiedArtifact
    manifest_json: bytes
    report: bytes
    file: Path | None = None

    @property
    def manifest(self) -> Manifest:
        return self.artifact.manifest


def read_folder(folder: Path) -> TrainedFolder:
    """Read what `train` wrote; raises InvalidFolder, a ManifestError or an ArtifactError."""
    manifest_json = _read(folder, MANIFEST_FILE)
    manifest = Manifest.from_json(manifest_json)
    file = folder / manifest.artifact.file
    code = _read(folder, manifest.code.file) if manifest.code else None
    artifact = verify_parts(manifest, partial(_parts, file), code=code)
    return TrainedFolder(artifact, manifest_json, _read(folder, REPORT_FILE), file)


def publish(
    folder: TrainedFolder, store: WritableStore, gate_record: bytes | None = None, progress: Progress = nobody
) -> Manifest:
    """Prove the folder's artifact, then write it as an immutable version, beside it the record of its gate.

    `progress` is called with how many more bytes of a large artifact are written.
    Raises RuntimeMismatch or UnprovedArtifact before anything is written, VersionExists where the version was
    published before, or a RegistryError.
    """
    manifest = folder.manifest
    exists = VersionExists(
        f"{manifest.version} is published already in {store.uri}: train again to make a new version."
    )
    if _published_manifest(store, manifest.version) is not None:
        raise exists
    require_runtime(manifest.runtime, shipped_versions())
    prove(folder.artifact)
    _create_artifact(folder, store, progress)
    if manifest.code is not None and folder.artifact.code is not None:
        _create_or_match(store, version_key(manifest.version, manifest.code.file), folder.artifact.code)
    _create_or_match(store, version_key(manifest.version, REPORT_FILE), folder.report)
    if gate_record is not None:
        # Not compared with what a publisher that died left: latencies differ from one measurement to the next.
        store.create(version_key(manifest.version, GATE_FILE), gate_record)
    if not store.create(version_key(manifest.version, MANIFEST_FILE), folder.manifest_json):
        raise exists
    return manifest


def is_published(folder: TrainedFolder, store: WritableStore) -> bool:
    """Whether this very folder is published; raises a RegistryError."""
    return _published_manifest(store, folder.manifest.version) == folder.manifest_json


def _published_manifest(store: WritableStore, version: str) -> bytes | None:
    try:
        held = store.get(version_key(version, MANIFEST_FILE))
    except RegistryNotFound:  # a directory is made at the first write; a missing bucket shows at the first write
        return None
    return held.data if held else None


def _create_artifact(folder: TrainedFolder, store: WritableStore, progress: Progress) -> None:
    """Write the artifact: a large one from its file in parts, and then read back, for the file is not ours alone."""
    artifact = folder.manifest.artifact
    key = version_key(folder.manifest.version, artifact.file)
    if folder.file is None or artifact.bytes <= UPLOAD_PART_BYTES:
        _create_or_match(store, key, folder.artifact.data)
        return
    store.create_from(key, folder.file, progress)
    if store.digest(key) != artifact.sha256:
        raise VersionExists(f"{store.uri}/{key} holds other bytes: train again to make a new version.")


def _create_or_match(store: WritableStore, key: str, data: bytes) -> None:
    """Write a file of a version that has no manifest yet; the same bytes may stand there from a publisher that died."""
    if store.create(key, data):
        return
    held = store.get(key)
    if held is None or held.data != data:
        raise VersionExists(f"{store.uri}/{key} holds other bytes already: train again to make a new version.")


def _read(folder: Path, file: str) -> bytes:
    return b"".join(_parts(folder / file))


def _parts(file: Path) -> Iterator[bytes]:
    try:
        yield from parts_of(file, PART_BYTES)
    except OSError as error:
        raise InvalidFolder(
            f"{file} cannot be read ({error.strerror}): give the folder that `train` or `package` wrote."
        ) from error
