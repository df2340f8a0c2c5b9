"""Promotes a version: proves it, then lets an alias name it. The release of a model, without a deploy.

The alias is replaced by compare-and-swap (`training.release.alias_move`), so that of two promoters one wins and the
other is told. The history has one object a change; the alias itself carries the latest, and whoever changes it next
writes the entry that a promoter who died in between left out.
"""

import getpass
import os
import socket
from collections.abc import Iterator

from handler.engines.versions import require_runtime
from handler.errors.model import ManifestMissing
from handler.registry.alias import Alias, is_alias_name
from handler.registry.chain import (
    MANIFEST_FILE,
    alias_key,
    checked_manifest,
    manifest_bytes,
    read_artifact,
    version_key,
)
from handler.registry.manifest import is_version, sha256
from training.errors import AliasMoved
from training.release.alias_move import Release as Release
from training.release.alias_move import history_folder as history_folder
from training.release.alias_move import history_key as history_key
from training.release.alias_move import move_alias, readable, record
from training.release.proof import prove
from training.release.shipped import shipped_versions
from training.release.stores.writable import WritableStore


def promote(store: WritableStore, release: Release, expected: Alias | None = None) -> Alias:
    """Prove the version, then move the alias to it; gives the alias as it now stands.

    `expected` is the alias as the caller knows it, if the release makes sense over that one alone. An alias that names
    the version already stays as it is.

    Raises RuntimeMismatch, UnprovedArtifact, a ManifestError or an ArtifactError, and nothing has changed; or
    AliasMoved, ManifestMissing or a RegistryError, whose text says what stands where that is not what stood before.
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
    manifest = checked_manifest(data, release.version)
    require_runtime(manifest.runtime, shipped_versions())
    prove(read_artifact(store, manifest))
    return move_alias(store, release, manifest, data, held)


def require_published(store: WritableStore, version: str) -> None:
    """Raise ManifestMissing, naming the newest versions, unless `version` is published."""
    if is_version(version) and store.get(version_key(version, MANIFEST_FILE)) is not None:
        return
    newest = ", ".join(list(versions(store))[-3:]) or "none"
    raise ManifestMissing(f"{version} is not published in {store.uri}. The newest are: {newest}.")


def versions(store: WritableStore) -> Iterator[str]:
    """The names of all versions, the oldest first; one without a manifest may be among them."""
    return (name for name in store.list("versions") if is_version(name))


def alias_names(store: WritableStore) -> Iterator[str]:
    """The names of all aliases that were ever set, in order: one whose file is gone may still have its history."""
    names = {name.removesuffix(".json") for name in store.list("aliases")}
    return iter(sorted(name for name in names if is_alias_name(name)))


def current_user() -> str:
    """Who is at work here, as a release is signed."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"
