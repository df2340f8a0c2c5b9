"""Promotes a version: proves it, then lets an alias name it. That releases a model without a deploy.

The alias is replaced by compare-and-swap, so that of two promoters one wins and the other gets an error. The history
has one object for each change. The alias itself carries the latest, and whoever changes it next writes the entry that a
promoter who died in between left out.
"""

import getpass
import os
import socket
from collections.abc import Iterator
from dataclasses import replace

from handler.errors.model import AliasNotSet, ManifestMissing
from handler.registry.alias import Alias, is_alias_name
from handler.registry.chain import (
    MANIFEST_FILE,
    alias_key,
    checked_manifest,
    manifest_bytes,
    read_alias,
    read_artifact,
    version_key,
)
from handler.registry.manifest import is_version, sha256
from training.errors import AliasMoved, NothingBefore
from training.release.alias_move import Release, move_alias, readable
from training.release.deployed.required import require_servable
from training.release.history import record, served_before
from training.release.proof import prove_forms
from training.release.shipped import require_provable
from training.release.stores.writable import WritableStore


def promote(store: WritableStore, release: Release, expected: Alias | None = None) -> Alias:
    """Prove the version, then move the alias to it; returns the alias as it now stands.

    `expected` is the alias as the caller knows it, where the release makes sense only over that one. An alias that
    already names the version stays as it is.

    Raises UnservableVersion, InvalidFunctionRecord, RuntimeMismatch, UnprovedArtifact, a ManifestError or an
    ArtifactError, and nothing has changed; or AliasMoved, ManifestMissing or a RegistryError, whose text says what
    stands where that is not what stood before.
    """
    require_published(store, release.version)
    held = store.get(alias_key(release.alias))
    current = readable(held)
    if expected is not None and current != expected:
        raise AliasMoved(
            f"Somebody else moved {release.alias!r} just now; nothing was changed: look at `python -m training list`."
        )
    data = manifest_bytes(store, release.version)
    if current is not None and (current.version, current.manifest_sha256) == (release.version, sha256(data)):
        # Its promoter may have died before the entry was written.
        record(store, release.alias, current)
        return current
    functions = require_servable(store, release.version, release.alias, data)
    manifest = checked_manifest(data, release.version)
    require_provable(manifest, functions)
    # Each form is read when the one before it is proved: two large ones would need twice the room.
    prove_forms(manifest, (read_artifact(store, manifest, form) for form in manifest.forms))
    return move_alias(store, release, manifest, data, held)


def rollback(store: WritableStore, wanted: Release) -> Alias:
    """Promote what served before the version that serves now; `wanted.version` is ignored.

    Raises NothingBefore where no other version ever served under the alias, AliasMoved where somebody promoted
    meanwhile (for "before" meant before what served then), and whatever else `promote` raises. A rollback is a
    promotion like any other, so rolling back twice comes back; `promote` takes any version of the history.
    """
    try:
        serving = read_alias(store, wanted.alias)
    except AliasNotSet as error:
        raise NothingBefore(f"Nothing serves as {wanted.alias!r} yet: promote a version first.") from error
    before = served_before(store, wanted.alias, serving)
    if before is None:
        raise NothingBefore(
            f"{serving.version} is the first that ever served as {wanted.alias!r}: promote another version."
        )
    return promote(store, replace(wanted, version=before), expected=serving)


def require_published(store: WritableStore, version: str) -> None:
    """Raise ManifestMissing, naming the newest versions, unless `version` is published."""
    if is_version(version) and store.get(version_key(version, MANIFEST_FILE)) is not None:
        return
    newest = ", ".join(list(versions(store))[-3:])
    known = f"The newest are: {newest}." if newest else "Nothing is yet: publish a model first."
    raise ManifestMissing(f"{version} is not published in {store.uri}. {known}")


def versions(store: WritableStore) -> Iterator[str]:
    """The names of all versions, the oldest first; one without a manifest may be among them."""
    return (name for name in store.list("versions") if is_version(name))


def alias_names(store: WritableStore) -> Iterator[str]:
    """The names of all aliases that were ever set, in order; one whose file is gone may still have its history."""
    names = {name.removesuffix(".json") for name in store.list("aliases")}
    return iter(sorted(name for name in names if is_alias_name(name)))


def current_user() -> str:
    """Who works here, in the form in which a release is signed."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
