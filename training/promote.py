"""Moves an alias to a version: the release of a model, without a deploy.

The version is proved first. The alias is replaced by compare-and-swap, so that of two promoters one wins and the
other is told. The history has one object a change; the alias itself carries the latest, and whoever changes it next
writes the entry that a promoter who died in between left out.
"""

import getpass
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from handler.alias import ALIAS_FORMAT_VERSION, Alias, is_alias_name
from handler.errors import InvalidAlias, ManifestMissing
from handler.manifest import is_version, sha256
from handler.registry import (
    MANIFEST_FILE,
    alias_key,
    checked_alias,
    checked_manifest,
    manifest_bytes,
    read_artifact,
    version_key,
)
from handler.runtime import require_runtime
from training.errors import AliasMoved
from training.proof import prove
from training.shipped import shipped_versions
from training.stores import WritableStore


@dataclass(frozen=True)
class Release:
    """What is asked for: that `alias` name `version`, and who asks why."""

    version: str
    alias: str
    promoted_by: str
    reason: str


def promote(store: WritableStore, release: Release, expected: Alias | None = None) -> Alias:
    """Prove the version, then move the alias to it; gives the alias as it now stands.

    `expected` is the alias as the caller knows it, if the release makes sense over that one alone.

    Raises RuntimeMismatch, UnprovedArtifact, AliasMoved, a ManifestError, an ArtifactError or a RegistryError;
    nothing has changed then. An alias that names the version already stays as it is.
    """
    require_published(store, release.version)
    held = store.get(alias_key(release.alias))
    current = _readable(held.data) if held else None
    if expected is not None and current != expected:
        raise _moved(release)
    data = manifest_bytes(store, release.version)
    if current is not None:
        # The entry of a promoter who died before it was written; the same change has the same key.
        _record(store, release.alias, current)
        if (current.version, current.manifest_sha256) == (release.version, sha256(data)):
            return current
    manifest = checked_manifest(data, release.version)
    require_runtime(manifest.runtime, shipped_versions())
    prove(read_artifact(store, manifest))
    alias = Alias(
        format_version=ALIAS_FORMAT_VERSION,
        version=release.version,
        manifest_sha256=sha256(data),
        promoted_at=datetime.now(UTC).isoformat(timespec="microseconds"),
        promoted_by=release.promoted_by,
        reason=release.reason,
        previous=current.version if current else None,
    )
    if not store.replace(alias_key(release.alias), alias.to_json().encode(), held.etag if held else None):
        raise _moved(release)
    _record(store, release.alias, alias)
    return alias


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


def history_folder(alias_name: str) -> str:
    """Where the releases of this alias are kept."""
    return f"aliases/{alias_name}/history"


def history_key(alias_name: str, alias: Alias) -> str:
    """Where one release is kept: under its moment first, so that keys sort by time."""
    moment = alias.promoted_at.replace(":", "").replace("-", "").replace("+0000", "Z")
    return f"{history_folder(alias_name)}/{moment}-{alias.version}.json"


def current_user() -> str:
    """Who is at work here, as a release is signed."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user often has no name
        user = f"uid {os.getuid()}"
    return f"{user}@{socket.gethostname()}"


def _moved(release: Release) -> AliasMoved:
    return AliasMoved(
        f"Somebody else moved {release.alias!r} while {release.version} was being proved; nothing was changed: "
        "look at `python -m training list`, then promote again if it is still right."
    )


def _readable(data: bytes) -> Alias | None:
    """The alias that stands; None where it cannot be read, which promoting mends."""
    try:
        return checked_alias(data)
    except InvalidAlias:
        return None


def _record(store: WritableStore, alias_name: str, alias: Alias) -> None:
    """Write the alias' history entry, unless it is there already: the same change has the same key."""
    store.create(history_key(alias_name, alias), alias.to_json().encode())
