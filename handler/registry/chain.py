"""Reads the chain of trust of one model's registry: alias → manifest → artifact, each checked against the one before.

It gives bytes that were verified and never unpickles anything. What unpickles takes nothing but a `VerifiedArtifact`.
"""

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from handler.errors.model import (
    AliasNotSet,
    ArtifactDigestMismatch,
    ArtifactMissing,
    ArtifactSizeMismatch,
    InvalidAlias,
    ManifestMismatch,
    ManifestMissing,
)
from handler.registry.alias import Alias, is_moment
from handler.registry.manifest import CODE, Manifest, is_digest, is_version, sha256
from handler.registry.storage import Content, hold, opened, parts_of
from handler.registry.store import Blob, Reader, Store

MANIFEST_FILE = "manifest.json"
REPORT_FILE = "report.html"

MOST_CODE_BYTES = 4 * 1024 * 1024
"""The longest archive of modules that a model may bring; each cold start reads it into memory."""


def alias_key(alias: str) -> str:
    """Where the alias of this name stands."""
    return f"aliases/{alias}.json"


def version_key(version: str, file: str) -> str:
    """Where a version keeps its `file`."""
    return f"versions/{version}/{file}"


@dataclass(frozen=True)
class VerifiedArtifact:
    """Bytes whose length and SHA-256 are the ones that `manifest` names, which lists no other form of the model.

    Made by `read_artifact` and `verify_artifact` alone. `content` is where the bytes are: nobody else can change them.
    `code` are the bytes of the modules that the model imports beside what ships, verified as well, if it needs any.
    """

    manifest: Manifest
    content: Content
    code: bytes | None = None

    def open(self) -> BinaryIO:
        """A new reader of the bytes, from the start."""
        return opened(self.content)

    @property
    def data(self) -> bytes:
        """All of the bytes at once, in memory: for what is known to be small."""
        return self.content if isinstance(self.content, bytes) else self.open().read()


def read_alias(store: Reader, name: str) -> Alias:
    """The alias `name`; raises AliasNotSet or InvalidAlias, or a RegistryError."""
    alias, _ = alias_in(store.get(alias_key(name)), store, name)
    return alias


def alias_in(blob: Blob | None, store: Reader, name: str) -> tuple[Alias, str]:
    """The alias `name` as `store` answered for it, with its tag; raises AliasNotSet or InvalidAlias."""
    if blob is None:
        raise AliasNotSet(f"No version serves as {name!r} in {store.uri}: publish one, then promote it.")
    return checked_alias(blob.data), blob.etag


def checked_alias(data: bytes) -> Alias:
    """Parse an alias file and check what will become part of a key; raises InvalidAlias."""
    alias = Alias.from_json(data)
    if not is_version(alias.version) or not is_digest(alias.manifest_sha256):
        raise InvalidAlias("The alias names no version, or no digest of its manifest: promote again.")
    if not is_moment(alias.promoted_at):
        raise InvalidAlias(f"promoted_at must be a moment in UTC, not {alias.promoted_at[:40]!r}: promote again.")
    return alias


def read_manifest(store: Reader, version: str, manifest_sha256: str) -> Manifest:
    """The manifest of `version`, proved by the digest that an alias gave.

    Raises ManifestMissing, ManifestMismatch, InvalidManifest, UnknownManifestFormat, or a RegistryError.
    """
    data = manifest_bytes(store, version)
    if sha256(data) != manifest_sha256:
        raise ManifestMismatch(
            f"The manifest of {version} has SHA-256 {sha256(data)}, the alias was promoted with {manifest_sha256}: "
            "find out who changed it, and promote a version that is whole."
        )
    return checked_manifest(data, version)


def manifest_bytes(store: Reader, version: str) -> bytes:
    """The manifest of `version` as it stands, unchecked; raises ManifestMissing or a RegistryError."""
    key = version_key(version, MANIFEST_FILE)
    blob = store.get(key)
    if blob is None:
        raise ManifestMissing(f"{store.uri}/{key} does not exist: the version was never published to the end.")
    return blob.data


def checked_manifest(data: bytes, version: str) -> Manifest:
    """Parse the manifest of `version`; raises InvalidManifest, UnknownManifestFormat or ManifestMismatch."""
    manifest = Manifest.from_json(data)
    if manifest.version != version:
        raise ManifestMismatch(
            f"The manifest of {version} says that it is {manifest.version}: publish the model again."
        )
    return manifest


def read_artifact(store: Store, manifest: Manifest, form: str | None = None) -> VerifiedArtifact:
    """The model in `form`, or in the one that its version is named for; verified while it is read.

    Raises an ArtifactError or a RegistryError.
    """
    return read_artifact_with(store, manifest, form, read_code(store, manifest))


def read_artifact_with(store: Store, manifest: Manifest, form: str | None, code: bytes | None) -> VerifiedArtifact:
    """The same where `read_code` was asked before, and gave `code`."""
    return verify_parts(manifest, partial(_parts, store, manifest, form), form, code)


def read_code(store: Store, manifest: Manifest) -> bytes | None:
    """The archive of the modules that the model imports beside what ships, verified; None where it needs none.

    Raises an ArtifactError or a RegistryError.
    """
    if manifest.code is None:
        return None
    _require_small(manifest)
    return b"".join(_proved(_parts(store, manifest, CODE), manifest, CODE))


def check_artifact(store: Store, manifest: Manifest) -> None:
    """Raise what `read_artifact` raises of any form of the model, and keep nothing of what is read."""
    read_code(store, manifest)
    for form in manifest.forms:
        for _ in _proved(_parts(store, manifest, form), manifest, form):
            pass


def verify_artifact(
    manifest: Manifest, content: Content, form: str | None = None, code: bytes | None = None
) -> VerifiedArtifact:
    """Check `content` against what the manifest says of `form`, or of the one that its version is named for, and `code`
    against what it says of the code.

    Raises ArtifactMissing, ArtifactSizeMismatch or ArtifactDigestMismatch.
    """
    form = form or manifest.form
    for _ in _proved(parts_of(content), manifest, form):
        pass
    return VerifiedArtifact(manifest.only(form), content, _verified_code(manifest, code))


def verify_parts(
    manifest: Manifest, read: Callable[[], Iterable[bytes]], form: str | None = None, code: bytes | None = None
) -> VerifiedArtifact:
    """The same for what `read` gives part by part, each time it is called; passes on what it raises."""
    form = form or manifest.form
    proved = _verified_code(manifest, code)
    content = hold(lambda: _proved(read(), manifest, form), manifest.artifacts[form].bytes)
    return VerifiedArtifact(manifest.only(form), content, proved)


def _verified_code(manifest: Manifest, code: bytes | None) -> bytes | None:
    if manifest.code is None:
        return None
    if code is None:
        raise ArtifactMissing(f"{manifest.code.file} of {manifest.version} was not read: publish the model again.")
    _require_small(manifest)
    return b"".join(_proved([code], manifest, CODE))


def _require_small(manifest: Manifest) -> None:
    code = manifest.artifacts[CODE]
    if code.bytes > MOST_CODE_BYTES:
        raise ArtifactSizeMismatch(
            f"{code.file} of {manifest.version} has {code.bytes:,} bytes, and a model's own code has at most "
            f"{MOST_CODE_BYTES:,}: package the model again with less."
        )


def _parts(store: Store, manifest: Manifest, form: str | None) -> Iterator[bytes]:
    file = manifest.artifacts[form or manifest.form]
    key = version_key(manifest.version, file.file)
    parts = store.parts(key, file.bytes)
    if parts is None:
        raise ArtifactMissing(
            f"{store.uri}/{key} does not exist, though the manifest names it: publish the model again."
        )
    return parts


def _proved(parts: Iterable[bytes], manifest: Manifest, form: str) -> Iterator[bytes]:
    """`parts`, never more of them than the manifest names; only who takes them to the end knows that they are right."""
    expected, version = manifest.artifacts[form], manifest.version
    digest, length = hashlib.sha256(), 0
    try:
        for part in parts:
            length += len(part)
            if length > expected.bytes:
                break
            digest.update(part)
            yield part
    finally:
        # An error may be remembered for long, and the file or the connection behind them with it.
        if isinstance(parts, Generator):
            parts.close()
    if length != expected.bytes:
        unread = "; what may come after them was not read" if length > expected.bytes else ""
        raise ArtifactSizeMismatch(
            f"{expected.file} of {version} has {length} bytes, its manifest says {expected.bytes}{unread}."
        )
    if digest.hexdigest() != expected.sha256:
        raise ArtifactDigestMismatch(
            f"{expected.file} of {version} has SHA-256 {digest.hexdigest()}, its manifest says {expected.sha256}."
        )
    if not version.endswith(f"-{manifest.artifact.sha256[:8]}"):
        raise ArtifactDigestMismatch(f"Version {version} is not named for its artifact, {expected.sha256}.")
