"""Tidies up a registry: deletes the versions that are no longer needed.

The newest are kept, whatever an alias names, what a rollback would go to, and whatever served not long ago. The
manifest goes first: what is left half-deleted is no longer a version, and a later run takes the rest.
"""

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta

from handler.errors.model import AliasNotSet
from handler.registry.chain import MANIFEST_FILE, read_alias, version_key
from training.errors import AliasMoved
from training.release.history import releases, served_before
from training.release.promote import alias_names, versions
from training.release.stores.writable import WritableStore

UNFINISHED = timedelta(days=1)
"""How long after its last file a version without a manifest is left alone: a publisher may still be at work."""


def superfluous(store: WritableStore, keep: int, days: float, now: datetime) -> list[str]:
    """The versions that may go, the oldest first; raises AliasError or RegistryError rather than guess what serves."""
    names = list(versions(store))
    kept = _newest(store, names, keep) | _in_use(store, now - timedelta(days=days))
    return [name for name in names if name not in kept and (_is_whole(store, name) or _is_given_up(store, name, now))]


def prune(store: WritableStore, version: str) -> None:
    """Delete one version, its manifest first.

    Raises AliasMoved where it was promoted meanwhile, or an AliasError or RegistryError where that cannot
    be known: the version is whole then.
    """
    _require_unused(store, version)
    manifest_key = version_key(version, MANIFEST_FILE)
    manifest = store.get(manifest_key)
    store.delete(manifest_key)
    try:
        # Once more, for it may have been promoted in between. Whoever promotes it from here on finds no manifest.
        _require_unused(store, version)
    except BaseException:
        if manifest is not None:
            store.create(manifest_key, manifest.data)
        raise
    for file in list(store.list(f"versions/{version}")):
        store.delete(version_key(version, file))


def _require_unused(store: WritableStore, version: str) -> None:
    if version in _named(store):
        raise AliasMoved(f"{version} was promoted just now, so it stays: look at `python -m training history`.")


def _newest(store: WritableStore, names: list[str], keep: int) -> set[str]:
    """The newest `keep` that are published; uploads that were given up do not count."""
    return set(itertools.islice((name for name in reversed(names) if _is_whole(store, name)), keep))


def _named(store: WritableStore) -> Iterator[str]:
    """What the aliases name now, and what a rollback of each would go to."""
    for name in alias_names(store):
        try:
            serving = read_alias(store, name)
        except AliasNotSet:  # a history whose alias is gone
            continue
        before = served_before(store, name, serving)
        yield from (serving.version,) if before is None else (serving.version, before)


def _in_use(store: WritableStore, since: datetime) -> set[str]:
    """What the aliases name or would go back to, and what served at `since` or later.

    A release serves until the next one begins.
    """
    used = set(_named(store))
    for name in alias_names(store):
        begun = list(releases(store, name))
        used.update(release.version for release in begun[-1:])
        for release, successor in itertools.pairwise(begun):
            if datetime.fromisoformat(successor.promoted_at) >= since:
                used.add(release.version)
    return used


def _is_given_up(store: WritableStore, version: str, now: datetime) -> bool:
    # The version's name says when the model was made, which may be long before it is published.
    written = store.last_written(f"versions/{version}")
    return written is None or now - written > UNFINISHED


def _is_whole(store: WritableStore, version: str) -> bool:
    return store.get(version_key(version, MANIFEST_FILE)) is not None
