"""What served when: the recorded releases of an alias.

Each has an entry of its own. The alias itself is the newest release, so a promoter who died before writing the entry
leaves nothing out.
"""

from collections.abc import Iterator

from handler.errors.model import InvalidAlias
from handler.registry.alias import Alias
from handler.registry.chain import alias_key, checked_alias
from training.release.stores.writable import WritableStore


def history_folder(alias_name: str) -> str:
    """Where the releases of this alias are recorded."""
    return f"aliases/{alias_name}/history"


def history_key(alias_name: str, alias: Alias) -> str:
    """Where one release is recorded: under its moment first, so that keys sort by time."""
    moment = alias.promoted_at.replace(":", "").replace("-", "").replace("+0000", "Z")
    return f"{history_folder(alias_name)}/{moment}-{alias.version}.json"


def record(store: WritableStore, alias_name: str, alias: Alias) -> None:
    """Write the alias' history entry, unless it is there already: the same change has the same key."""
    store.create(history_key(alias_name, alias), alias.to_json().encode())


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


def served_before(store: WritableStore, alias_name: str, serving: Alias) -> str | None:
    """The version that a rollback of `serving` goes to; None where no other ever served.

    The alias does not say it where it was promoted over one that could not be read; then the history does.
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
