"""Whatever `prune` deletes while `promote` works, no alias names what is gone, and the way back stays open.

Each release is proved for real. One act runs inside the other, at a moment that a watched store gives.
"""

import itertools
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from handler.errors.model import InvalidAlias, ManifestMissing, ModelUnavailable
from handler.registry.alias import Alias
from handler.registry.chain import alias_key, version_key
from handler.registry.store import Blob
from tests.integration.registries import made_at, put_file, put_manifest, put_version, served_whole
from tests.integration.watched_store import WatchedStore
from training.errors import AliasMoved
from training.release.alias_move import Release, move_alias
from training.release.history import history_key, releases
from training.release.promote import promote, rollback
from training.release.prune import prune, superfluous
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore
from training.release.verify import verify_registry

NOW = datetime.now(UTC)


def release(version: str = "") -> Release:
    return Release(version, "production", "ada@analytical", "tests")


@pytest.fixture
def store(model_uri: str) -> WritableStore:
    return open_writable_store(model_uri)


def alias_of(store: WritableStore) -> bytes | None:
    blob = store.get(alias_key("production"))
    return blob.data if blob else None


def is_published(store: WritableStore, version: str) -> bool:
    return store.get(version_key(version, "manifest.json")) is not None


def unsound(store: WritableStore) -> list[object]:
    return [finding for finding in verify_registry(store) if finding.problem]


@dataclass
class Meanwhile(WatchedStore):
    """Runs `act` once: when the artifact was read, which is when the proof begins, or just before the alias moves."""

    act: Callable[[], object]
    when: str
    done: bool = False

    def once(self) -> None:
        if not self.done:
            self.done = True
            self.act()

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        read = list(super().parts(key, length) or ())
        if self.when == "during the proof":
            self.once()
        return iter(read)

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        if self.when == "before the alias moves":
            self.once()
        done = super().replace(key, data, etag)
        if self.when == "after the alias moved":
            self.once()
        return done


@pytest.mark.parametrize("when", ["during the proof", "before the alias moves", "after the alias moved"])
@pytest.mark.parametrize("held", [True, False], ids=["one serves", "nothing serves"])
def test_a_version_that_is_pruned_while_it_is_promoted_never_serves(
    model_uri: str, store: WritableStore, iris: TrainedFolder, when: str, held: bool
) -> None:
    if held:
        put_version(model_uri, iris)
        put_manifest(model_uri, iris.manifest)
    version = put_version(model_uri, made_at(iris, 1))
    before = alias_of(store)

    def delete() -> None:
        if when == "after the alias moved":  # too late for prune, but not for a person
            for file in ("manifest.json", "model.joblib", "report.html"):
                store.delete(version_key(version, file))
        else:
            prune(store, version)

    with pytest.raises(ModelUnavailable, match="deleted") as told:
        promote(Meanwhile(store, delete, when), release(version))
    assert version in str(told.value)
    assert alias_of(store) == before
    assert unsound(store) == []


def entry(store: WritableStore, version: str, days_ago: float, previous: str | None) -> Alias:
    """One release of long ago, as `promote` writes it."""
    moment = (NOW - timedelta(days=days_ago)).isoformat(timespec="microseconds")
    alias = Alias(1, version, "ab" * 32, moment, "tests", "", previous)
    store.create(history_key("production", alias), alias.to_json().encode())
    return alias


@pytest.fixture
def published(model_uri: str, iris: TrainedFolder) -> list[str]:
    return [put_version(model_uri, made_at(iris, second)) for second in range(6)]


@pytest.mark.parametrize("told_by", ["the alias", "the history"])
def test_what_a_rollback_would_go_to_is_kept_however_long_ago_it_served(
    model_uri: str, store: WritableStore, published: list[str], told_by: str
) -> None:
    """The alias says it, but for one that replaced an alias which could not be read."""
    entry(store, published[1], 900, None)
    entry(store, published[0], 800, published[1])
    serving = entry(store, published[2], 700, published[0] if told_by == "the alias" else None)
    put_file(model_uri, alias_key("production"), serving.to_json().encode())
    assert superfluous(store, 1, 0, NOW) == [published[1], published[3], published[4]]
    for version in superfluous(store, 1, 0, NOW):
        prune(store, version)
    assert rollback(store, release()).version == published[0]


def test_what_became_the_way_back_since_somebody_looked_stays(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    going = superfluous(store, 1, 0, NOW)
    serving = entry(store, published[1], 0, published[0])
    put_file(model_uri, alias_key("production"), serving.to_json().encode())
    assert published[0] in going
    with pytest.raises(Exception, match="stays"):
        prune(store, published[0])
    assert is_published(store, published[0])


def test_a_version_is_whole_again_where_prune_cannot_read_what_serves(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    class Spoiling(WatchedStore):
        def before_write(self) -> None:
            put_file(model_uri, alias_key("staging"), b"{")

    with pytest.raises(InvalidAlias):
        prune(Spoiling(store), published[0])
    assert is_published(store, published[0])


def test_a_release_by_a_clock_that_is_behind_comes_after_the_one_that_it_replaces(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    first = Alias(1, published[0], "ab" * 32, "2030-01-02T00:00:00.000000+00:00", "fast", "", None)
    put_file(model_uri, alias_key("production"), first.to_json().encode())
    moments = [promote(store, release(version)).promoted_at for version in published[1:3]]
    assert moments == ["2030-01-02T00:00:00.000001+00:00", "2030-01-02T00:00:00.000002+00:00"]
    assert [told.version for told in releases(store, "production")] == published[:3]
    assert unsound(store) == []


def disordered(uri: str, store: WritableStore, published: list[str], iris: TrainedFolder) -> None:
    """A registry of old, whose second promoter's clock was fast and whose third's was not."""
    days = ((3, None), (1, 0), (2, 1))
    for (days_ago, before), version in zip(days, published[:3], strict=True):
        manifest = made_at(iris, published.index(version)).manifest
        last = entry(store, version, days_ago, None if before is None else published[before])
        put_manifest(uri, manifest)
    held = alias_of(store)
    assert held is not None
    whole = Alias.from_json(held)
    alias = Alias(1, whole.version, whole.manifest_sha256, last.promoted_at, "tests", "", last.previous)
    put_file(uri, alias_key("production"), alias.to_json().encode())


def test_a_history_that_clocks_put_out_of_order_is_told_in_order_and_is_not_called_broken(
    model_uri: str, store: WritableStore, published: list[str], iris: TrainedFolder
) -> None:
    disordered(model_uri, store, published, iris)
    assert [told.version for told in releases(store, "production")] == published[:3]
    assert unsound(store) == []
    promote(store, release(published[3]))
    assert [told.version for told in releases(store, "production")] == published[:4]
    assert unsound(store) == []
    assert served_whole(store) == published[3]


@dataclass
class Stopping(WatchedStore):
    """Stops before its call number `at`, until `go`; `calls` is how many there were."""

    at: int
    calls: int = 0
    stopped: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def step(self) -> None:
        if self.calls == self.at:
            self.stopped.set()
            assert self.go.wait(30)
        self.calls += 1

    def before_write(self) -> None:
        self.step()

    def get(self, key: str) -> Blob | None:
        self.step()
        return super().get(key)

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        self.step()
        return super().parts(key, length)

    def list(self, prefix: str) -> Iterator[str]:
        self.step()
        return super().list(prefix)


def interleave(acts: list[tuple[Stopping, Callable[[], object]]]) -> list[Future[object]]:
    """Run the first act up to its stop, then the second up to its own; then the first to its end, then the second."""
    with ThreadPoolExecutor(len(acts)) as pool:
        running = []
        for store, act in acts:
            running.append(pool.submit(act))
            running[-1].add_done_callback(lambda _, store=store: store.stopped.set())  # type: ignore[misc] # lambda
            assert store.stopped.wait(30)
        for (store, _), future in zip(acts, running, strict=True):
            store.go.set()
            wait([future])
    return running


@pytest.mark.parametrize("first", ["promote", "prune"])
@pytest.mark.parametrize("held", [True, False], ids=["one serves", "nothing serves"])
def test_wherever_the_two_stop_for_each_other_the_alias_names_what_is_whole(
    tmp_path: Path, iris: TrainedFolder, first: str, held: bool
) -> None:
    """Without the proof, which comes before: each of the two stops once, at every pair of its calls to the store."""
    folder, outcomes = made_at(iris, 1), set()
    for at, other_at in itertools.product(range(15), repeat=2):
        uri = str(tmp_path / f"{at}-{other_at}")
        store = open_writable_store(uri)
        if held:
            put_version(uri, iris)
            put_manifest(uri, iris.manifest)
        version = put_version(uri, folder)
        before = store.get(alias_key("production"))
        promoting, pruning = Stopping(store, at), Stopping(store, other_at)
        acts: list[tuple[Stopping, Callable[[], object]]] = [
            (
                promoting,
                partial(move_alias, promoting, release(version), folder.manifest, folder.manifest_json, before),
            ),
            (pruning, partial(prune, pruning, version)),
        ]
        order = 1 if first == "promote" else -1
        promoted, pruned = interleave(acts[::order])[::order]
        assert unsound(store) == []
        serves = served_whole(store)
        if promoted.exception() is None:
            assert serves == version
            assert isinstance(pruned.exception(), AliasMoved)
        else:
            assert isinstance(promoted.exception(), ManifestMissing)
            assert alias_of(store) == (before.data if before else None)
        outcomes.add((type(promoted.exception()), type(pruned.exception())))
    assert outcomes >= {(type(None), AliasMoved), (ManifestMissing, type(None))}
