"""Tidies up a registry: deletes the versions that nobody will ask for again.

Kept are the newest, whatever an alias names, and whatever served not long ago, so that a rollback finds it. The
manifest goes first: what is left half-deleted is no longer a version, and the next run takes the rest.
"""

import itertools
from datetime import UTC, datetime, timedelta

from handler.registry import MANIFEST_FILE, read_alias
from training.history import releases
from training.promote import alias_names, versions
from training.stores import WritableStore

UNFINISHED = timedelta(days=1)
"""How long a version without a manifest is left alone: a publisher may still be at work on it."""


def superfluous(store: WritableStore, keep: int, days: float, now: datetime) -> list[str]:
    """The versions that may go, the oldest first; raises AliasError or RegistryError rather than guess what serves."""
    names = list(versions(store))
    kept = set(names[len(names) - keep :]) | _in_use(store, now - timedelta(days=days))
    return [name for name in names if name not in kept and (now - _made(name) > UNFINISHED or _is_whole(store, name))]


def prune(store: WritableStore, version: str) -> None:
    """Delete one version, its manifest first."""
    files = sorted(store.list(f"versions/{version}"), key=lambda file: file != MANIFEST_FILE)
    for file in files:
        store.delete(f"versions/{version}/{file}")


def _in_use(store: WritableStore, since: datetime) -> set[str]:
    """What the aliases name, and what served at `since` or later: a release serves until the next one begins."""
    used = set()
    for name in alias_names(store):
        used.add(read_alias(store, name).version)
        begun = list(releases(store, name))
        for release, successor in itertools.pairwise(begun):
            if datetime.fromisoformat(successor.promoted_at) >= since:
                used.add(release.version)
    return used


def _made(version: str) -> datetime:
    return datetime.strptime(version[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _is_whole(store: WritableStore, version: str) -> bool:
    return store.get(f"versions/{version}/{MANIFEST_FILE}") is not None
