"""Moves an alias to a version that was proved, and says exactly what stands afterwards.

The proof before it takes seconds, in which somebody may have moved the alias or pruned the version. `prune` deletes the
manifest, then looks at the aliases, then deletes the rest. So whoever has moved an alias checks that the version is
still whole: either `prune` saw the alias and leaves the version, or its manifest is gone by then, and the alias goes
back to what it was.
"""

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handler.errors.model import InvalidAlias, ManifestMissing, RegistryAccessDenied, RegistryError, RegistryUnreachable
from handler.registry.alias import ALIAS_FORMAT_VERSION, Alias
from handler.registry.chain import MANIFEST_FILE, alias_key, checked_alias, version_key
from handler.registry.manifest import Manifest, sha256
from handler.registry.store import Blob
from training.errors import AliasMoved
from training.release.history import history_folder, history_key, record
from training.release.stores.writable import WritableStore

MICROSECOND = timedelta(microseconds=1)
LAST_MOMENT = datetime.max.replace(tzinfo=UTC) - MICROSECOND


@dataclass(frozen=True)
class Release:
    """What is asked for: that `alias` name `version`, by whom, and why."""

    version: str
    alias: str
    promoted_by: str
    reason: str


def move_alias(
    store: WritableStore, release: Release, manifest: Manifest, manifest_json: bytes, held: Blob | None
) -> Alias:
    """Let the alias name the version over `held`, which is the alias file as it was read before the proof.

    Raises AliasMoved or ManifestMissing, whose texts say what stands now, or a RegistryError.
    """
    seen = store.get(alias_key(release.alias))
    if (seen.data if seen else None) != (held.data if held else None):
        raise _moved(release)
    current = readable(held)
    if current is not None:
        # The entry of a promoter who died before it was written; the same change has the same key.
        record(store, release.alias, current)
    alias = Alias(
        format_version=ALIAS_FORMAT_VERSION,
        version=release.version,
        manifest_sha256=sha256(manifest_json),
        promoted_at=_next_moment(store, release.alias, current),
        promoted_by=release.promoted_by,
        reason=release.reason,
        previous=current.version if current else None,
    )
    if not _is_whole(store, manifest, manifest_json):
        raise _deleted(release, "nothing was changed")
    _swap(store, release, alias, held)
    try:
        if not _is_whole(store, manifest, manifest_json):
            raise _deleted(release, _put_back(store, release.alias, alias, held))
        record(store, release.alias, alias)
    except RegistryError as error:
        text = (
            f"{release.version} is what {release.alias!r} names now, but then: {error} Promote it again to make sure."
        )
        raise type(error)(text) from error
    return alias


def readable(held: Blob | None) -> Alias | None:
    """The alias that stands; None where there is none, or where it cannot be read, which a promotion mends."""
    try:
        return checked_alias(held.data) if held else None
    except InvalidAlias:
        return None


def _next_moment(store: WritableStore, alias_name: str, current: Alias | None) -> str:
    """Now, or just after the newest release where its promoter's clock was ahead of ours."""
    folder = history_folder(alias_name)
    newest = max(store.list(folder), default=None)
    known = (current, readable(store.get(f"{folder}/{newest}")) if newest else None)
    moments = [datetime.fromisoformat(alias.promoted_at) for alias in known if alias is not None]
    after = [min(moment, LAST_MOMENT) + MICROSECOND for moment in moments]
    return max([datetime.now(UTC), *after]).isoformat(timespec="microseconds")


def _is_whole(store: WritableStore, manifest: Manifest, manifest_json: bytes) -> bool:
    """Whether the version still has the manifest that was proved, and every file that it names."""
    blob = store.get(version_key(manifest.version, MANIFEST_FILE))
    there = set(store.list(f"versions/{manifest.version}"))
    named = {artifact.file for artifact in manifest.artifacts.values()}
    return blob is not None and blob.data == manifest_json and named <= there


def _swap(store: WritableStore, release: Release, alias: Alias, held: Blob | None) -> None:
    """Write `alias` over `held`; raises AliasMoved where it does not stand, or a RegistryError."""
    lost = None
    try:
        if store.replace(alias_key(release.alias), alias.to_json().encode(), held.etag if held else None):
            return
    except RegistryUnreachable as error:
        # The write may have been done, and its answer lost.
        lost = error
    seen = store.get(alias_key(release.alias))
    if seen is not None and seen.data == alias.to_json().encode():
        return
    successor = readable(seen)
    if successor is not None and _was_replaced(store, release.alias, alias, readable(held), successor):
        raise AliasMoved(
            f"{release.version} was released as {release.alias!r} and then replaced by {successor.version}, which "
            f"{successor.promoted_by!r} promoted: look at `python -m training history`."
        )
    raise lost or _moved(release)


def _was_replaced(store: WritableStore, alias_name: str, ours: Alias, before: Alias | None, successor: Alias) -> bool:
    """Whether our release, which does not stand now, stood for a while: whoever replaces a release records it first.

    A release that was replaced by other means, and is not recorded yet, is recorded here.
    """
    ours_key = history_key(alias_name, ours)
    blob = store.get(ours_key)
    if blob is not None:
        return blob.data == ours.to_json().encode()
    since = history_key(alias_name, before).rpartition("/")[2] if before else ""
    of_others = [name for name in store.list(history_folder(alias_name)) if name.endswith(f"-{ours.version}.json")]
    if successor.previous != ours.version or any(name > since for name in of_others):
        return False
    record(store, alias_name, ours)
    return True


def _put_back(store: WritableStore, alias_name: str, ours: Alias, held: Blob | None) -> str:
    """Let the alias be what it was before our release; returns what came of it, in words."""
    key = alias_key(alias_name)
    seen = store.get(key)
    if seen is None or seen.data != ours.to_json().encode():
        return f"somebody else has moved {alias_name!r} since"
    if held is not None:
        if store.replace(key, held.data, seen.etag):
            return f"{alias_name!r} is again what it was"
        return f"somebody else has moved {alias_name!r} since"
    with contextlib.suppress(RegistryAccessDenied):  # who may promote need not have the right to delete
        store.delete(key)
        return f"nothing serves as {alias_name!r}, as before"
    return f"{alias_name!r} still names it"


def _deleted(release: Release, stands: str) -> ManifestMissing:
    return ManifestMissing(
        f"{release.version} was deleted while it was promoted, as by `prune`; {stands}: promote another version."
    )


def _moved(release: Release) -> AliasMoved:
    return AliasMoved(
        f"Somebody else moved {release.alias!r} while {release.version} was being proved; nothing was changed: "
        "look at `python -m training list`, then promote again if it is still right."
    )
