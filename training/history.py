"""What served when: the releases of an alias, and the way back.

`training.cli` shows it; `rollback` is a promotion like any other, to the version that served before. The entries are
written by `training.promote`; the alias itself is the newest, so a promoter who died before the entry leaves nothing
out.
"""

from collections.abc import Iterator
from dataclasses import replace

from handler.alias import Alias
from handler.errors import AliasNotSet
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
            yield checked_alias(blob.data)
    blob = store.get(alias_key(alias_name))
    if blob is not None:
        newest = checked_alias(blob.data)
        if history_key(alias_name, newest).rpartition("/")[2] not in recorded:
            yield newest


def rollback(store: WritableStore, wanted: Release) -> Alias:
    """Release what served before the version that serves now; `wanted.version` is not looked at.

    Raises NothingBefore where no other version ever served under the alias, and whatever `promote` raises. Rolling back
    twice therefore comes back: the history says what served when, and `promote` takes any version of it.
    """
    try:
        serving = read_alias(store, wanted.alias)
    except AliasNotSet as error:
        raise NothingBefore(f"Nothing serves as {wanted.alias!r} yet: promote a version first.") from error
    if serving.previous is None:
        raise NothingBefore(
            f"{serving.version} is the first that ever served as {wanted.alias!r}: promote another version."
        )
    return promote(store, replace(wanted, version=serving.previous))
