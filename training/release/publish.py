"""Puts the folder that `train` wrote into a registry, as a version that never changes.

The order of the writes is the promise: each form of the model, its code and the report first, the manifest last, so
that a manifest never names a missing file. A publisher that died half-way is finished by running it again; of two at
once, one wins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from handler.errors.model import RegistryNotFound
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, VerifiedArtifact, verify_parts, version_key
from handler.registry.manifest import Manifest
from handler.registry.store import PART_BYTES
from training.errors import InvalidFolder, VersionExists
from training.release.proof import prove_forms
from training.release.shipped import require_shipped_runtime
from training.release.stores.upload import UPLOAD_PART_BYTES
from training.release.stores.writable import Progress, WritableStore, nobody, parts_of

GATE_FILE = "gate.json"


@dataclass(frozen=True)
class TrainedFolder:
    """A folder that `train` wrote, read and verified. `file` is where the artifact lies, if it lies in a file.

    `artifact` is the form of the model that the version is named for, `others` are its other forms, in files beside it.
    """

    artifact: VerifiedArtifact
    manifest_json: bytes
    report: bytes
    file: Path | None = None
    others: tuple[VerifiedArtifact, ...] = ()

    @property
    def manifest(self) -> Manifest:
        """The manifest, with every form."""
        named = self.artifact.manifest
        beside = {form: file for other in self.others for form, file in other.manifest.artifacts.items()}
        return replace(named, artifacts={**named.artifacts, **beside})

    @property
    def forms(self) -> tuple[VerifiedArtifact, ...]:
        """Every form of the model."""
        return (self.artifact, *self.others)


def read_folder(folder: Path) -> TrainedFolder:
    """Read what `train` wrote; raises InvalidFolder, a ManifestError or an ArtifactError."""
    manifest_json = _read(folder, MANIFEST_FILE)
    manifest = Manifest.from_json(manifest_json)
    code = _read(folder, manifest.code.file) if manifest.code else None
    named, *others = (
        verify_parts(manifest, partial(_parts, folder / manifest.artifacts[form].file), form, code)
        for form in sorted(manifest.forms, key=lambda form: form != manifest.form)
    )
    file = folder / manifest.artifact.file
    return TrainedFolder(named, manifest_json, _read(folder, REPORT_FILE), file, tuple(others))


def publish(
    folder: TrainedFolder, store: WritableStore, gate_record: bytes | None = None, progress: Progress = nobody
) -> Manifest:
    """Prove each form of the folder's model, then write them as an immutable version, beside it the record of its gate.

    `progress` is called with how many more bytes of a large form are written.
    Raises RuntimeMismatch or UnprovedArtifact before anything is written, VersionExists where the version was
    published before, or a RegistryError.
    """
    manifest = folder.manifest
    exists = VersionExists(
        f"{manifest.version} is published already in {store.uri}: train again to make a new version."
    )
    if _published_manifest(store, manifest.version) is not None:
        raise exists
    require_shipped_runtime(manifest)
    prove_forms(manifest, folder.forms)
    for form in folder.forms:
        _create_form(form, folder.file.parent if folder.file else None, store, progress)
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


def _create_form(form: VerifiedArtifact, folder: Path | None, store: WritableStore, progress: Progress) -> None:
    """Write a form: a large one from its file in parts, and then read back, for the file is not ours alone."""
    artifact = form.manifest.artifact
    key = version_key(form.manifest.version, artifact.file)
    if folder is None or artifact.bytes <= UPLOAD_PART_BYTES:
        _create_or_match(store, key, form.data)
        return
    store.create_from(key, folder / artifact.file, progress)
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
