"""What served when: the releases of an alias, and the way back.

`training.cli` shows it; `rollback` is a promotion like any other, to the version that served before. The entries are
written by `training.promote`; the alias itself is the newest, so a promoter who died before the entry leaves nothing
out.
"""

from collections.abc import Iterator
from dataclasses import replace

from handler.alias import Alias
from handler.errors import AliasNotSet, InvalidAlias
from handler.registry import alias_key, checked_alias, read_alias
from training.errors import NothingBefore
from training.promote import Release, history_folder, history_key, promote
from training.stores import WritableStore


def releases(store: WritableStore, alias_name: str) -> Iterator[Alias]:
    """Every release under the alias, the oldest first; raises InvalidAlias where an entry cannot be read.

    The keys begin with the moment, so their order is that of time.
    """
    folder = history_folder(alias_name)
    recorded = []
    for name in store.list(folder):
        blob = store.get(f"{folder}/{name}")
        if blob is not None:
            recorded.append(name)
            try:
                yield checked_alias(blob.data)
            except InvalidAlias as error:
                raise InvalidAlias(f"{folder}/{name}: {error}") from error
    blob = store.get(alias_key(alias_name))
    if blob is not None:
        newest = checked_alias(blob.data)
        if history_key(alias_name, newest).rpartition("/")[2] not in recorded:
            yield newest


def rollback(store: WritableStore, wanted: Release) -> Alias:
    """Release what served before the version that serves now; `wanted.version` is not looked at.

    Raises NothingBefore where no other version ever served under the alias, AliasMoved where somebody promoted
    meanwhile, for "before" was meant before what served then, and whatever else `promote` raises. Rolling back twice
    therefore comes back: the history says what served when, and `promote` takes any version of it.
    """
    try:
        serving = read_alias(store, wanted.alias)
    except AliasNotSet as error:
        raise NothingBefore(f"Nothing serves as {wanted.alias!r} yet: promote a version first.") from error
    before = serving.previous or _served_before(store, wanted.alias, serving)
    if before is None:
        raise NothingBefore(
            f"{serving.version} is the first that ever served as {wanted.alias!r}: promote another version."
        )
    return promote(store, replace(wanted, version=before), expected=serving)


def _served_before(store: WritableStore, alias_name: str, serving: Alias) -> str | None:
    """What the history says, where the alias does not: it was promoted over one that could not be read."""
    others = [release.version for release in releases(store, alias_name) if release.version != serving.version]
    return others[-1] if others else None
