"""What served when: the releases of an alias, and the way back.

`training.cli.main` shows it; `rollback` is a promotion like any other, to the version that served before. The entries
are written by `training.release.promote`; the alias itself is the newest, so a promoter who died before the entry
leaves nothing out.
"""

from collections.abc import Iterator
from dataclasses import replace

from handler.errors.model import AliasNotSet, InvalidAlias
from handler.registry.alias import Alias
from handler.registry.chain import alias_key, checked_alias, read_alias
from training.errors import NothingBefore
from training.release.promote import Release, history_folder, history_key, promote
from training.release.stores.writable import WritableStore


def releases(store: WritableStore, alias_name: str) -> Iterator[Alias]:
    """Every release under the alias, the oldest first; raises InvalidAlias where an entry cannot be read.

    The keys begin with the moment, so their order is that of time, unless a promoter's clock was wrong: then it is the
    order in which each names the one before, if there is one.
    """
    folder = history_folder(alias_name)
    recorded: dict[str, Alias] = {}
    for name in store.list(folder):
        blob = store.get(f"{folder}/{name}")
        if blob is not None:
            try:
                recorded[name] = checked_alias(blob.data)
            except InvalidAlias as error:
                raise InvalidAlias(f"{folder}/{name}: {error}") from error
    blob = store.get(alias_key(alias_name))
    if blob is not None:
        newest = checked_alias(blob.data)
        recorded.setdefault(history_key(alias_name, newest).rpartition("/")[2], newest)
    by_time = list(recorded.values())
    yield from _chained(by_time) or by_time


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
    before = served_before(store, wanted.alias, serving)
    if before is None:
        raise NothingBefore(
            f"{serving.version} is the first that ever served as {wanted.alias!r}: promote another version."
        )
    return promote(store, replace(wanted, version=before), expected=serving)


def served_before(store: WritableStore, alias_name: str, serving: Alias) -> str | None:
    """The version that a rollback of `serving` goes to; None where no other ever served.

    The history says it where the alias does not: it was promoted over one that could not be read.
    """
    if serving.previous is not None:
        return serving.previous
    others = [release.version for release in releases(store, alias_name) if release.version != serving.version]
    return others[-1] if others else None


def _chained(by_time: list[Alias]) -> list[Alias] | None:
    """All releases in an order in which each names the one before as its previous, the earliest first where several do.

    None where there is no such order: an entry is missing, or one was promoted over an alias that could not be read.
    """
    left = list(by_time)
    chain: list[Alias] = []
    while left:
        before = chain[-1].version if chain else None
        following = next((release for release in left if release.previous == before), None)
        if following is None:
            return None
        left.remove(following)
        chain.append(following)
    return chain
