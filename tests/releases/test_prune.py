"""`training.release.prune` keeps all that serves, served lately or is new, on a directory and on S3 alike."""

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handler.errors.model import AliasError
from handler.registry.alias import Alias
from handler.registry.chain import alias_key, version_key
from tests.integration.registries import HISTORY, made_at, put_file, put_version
from tests.integration.watched_store import WatchedStore
from training.errors import AliasMoved
from training.release.history import history_key
from training.release.promote import versions
from training.release.prune import prune, superfluous
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore

NOW = datetime.now(UTC)


@pytest.fixture
def store(model_uri: str) -> WritableStore:
    return open_writable_store(model_uri)


@pytest.fixture
def published(model_uri: str, iris: TrainedFolder) -> list[str]:
    return [put_version(model_uri, made_at(iris, second)) for second in range(6)]


def release(store: WritableStore, version: str, days_ago: float, alias: str = "production") -> Alias:
    """One entry of the history, as `promote` writes it."""
    moment = (NOW - timedelta(days=days_ago)).isoformat(timespec="microseconds")
    entry = Alias(1, version, "ab" * 32, moment, "tests", "", None)
    store.create(history_key(alias, entry), entry.to_json().encode())
    return entry


def name(uri: str, entry: Alias, alias: str = "production") -> None:
    put_file(uri, alias_key(alias), entry.to_json().encode())


@pytest.mark.parametrize("keep", range(1, 15))
def test_the_newest_are_kept_however_few_there_are(store: WritableStore, published: list[str], keep: int) -> None:
    assert superfluous(store, keep, 0, NOW) == published[: max(0, len(published) - keep)]


def test_uploads_that_were_given_up_do_not_count_as_the_newest(store: WritableStore, published: list[str]) -> None:
    for version in published[-2:]:
        store.delete(version_key(version, "manifest.json"))
    assert superfluous(store, 2, 0, NOW) == published[:2]


def test_what_any_alias_names_is_kept(model_uri: str, store: WritableStore, published: list[str]) -> None:
    name(model_uri, release(store, published[0], 900))
    name(model_uri, release(store, published[2], 900, "staging"), "staging")
    assert superfluous(store, 1, 0, NOW) == [published[1], *published[3:5]]


def test_what_served_until_lately_is_kept_though_it_was_promoted_long_ago(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    release(store, published[0], 400)
    release(store, published[1], 300)  # served until 20 days ago
    release(store, published[2], 20)
    name(model_uri, release(store, published[3], 10))
    assert superfluous(store, 1, 30, NOW) == [published[0], published[4]]
    assert superfluous(store, 1, 15, NOW) == [published[0], published[1], published[4]]
    # … and what served last before is what a rollback goes to.
    assert superfluous(store, 1, 5, NOW) == [published[0], published[1], published[4]]


def test_what_served_last_under_an_alias_whose_file_is_gone_is_kept(store: WritableStore, published: list[str]) -> None:
    release(store, published[0], 900)
    release(store, published[1], 800)
    assert superfluous(store, 1, 0, NOW) == [published[0], *published[2:5]]


@pytest.mark.parametrize("key", [alias_key("production"), f"{HISTORY}/20300101T000000.000000Z-x.json"])
def test_nothing_goes_while_it_cannot_be_read_what_serves(
    model_uri: str, store: WritableStore, published: list[str], key: str
) -> None:
    put_file(model_uri, key, b"no JSON")
    with pytest.raises(AliasError):
        superfluous(store, 1, 0, NOW)
    assert list(versions(store)) == published


def test_the_manifest_goes_first_and_nothing_of_the_version_is_left(store: WritableStore, published: list[str]) -> None:
    watched = Noting(store)
    prune(watched, published[0])
    assert watched.deleted[0] == version_key(published[0], "manifest.json")
    assert len(watched.deleted) == 3
    assert list(versions(store)) == published[1:]


@dataclass
class Noting(WatchedStore):
    deleted: list[str] = field(default_factory=list)
    ends_after: int = 99

    def delete(self, key: str) -> None:
        if len(self.deleted) == self.ends_after:
            raise KeyboardInterrupt
        self.deleted.append(key)
        super().delete(key)


@pytest.mark.parametrize("deletions", [1, 2])
def test_what_an_interrupted_run_left_is_no_version_and_a_later_run_takes_it(
    store: WritableStore, published: list[str], deletions: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        prune(Noting(store, ends_after=deletions), published[0])
    assert store.get(version_key(published[0], "manifest.json")) is None
    later = NOW + timedelta(days=1, hours=1)
    assert superfluous(store, 5, 0, later) == [published[0]]
    prune(store, published[0])
    assert list(versions(store)) == published[1:]


def test_an_upload_under_way_is_left_alone_for_a_day_however_long_ago_its_model_was_made(
    store: WritableStore, iris: TrainedFolder
) -> None:
    old = "20200101T000000Z-" + iris.manifest.artifact.sha256[:8]
    store.create(version_key(old, "model.joblib"), iris.artifact.data)
    assert superfluous(store, 1, 0, NOW + timedelta(hours=23)) == []
    assert superfluous(store, 1, 0, NOW + timedelta(hours=25)) == [old]


def test_a_version_whose_name_is_no_date_stops_nothing(store: WritableStore) -> None:
    store.create("versions/99999999T999999Z-00000000/model.joblib", b"x")
    assert superfluous(store, 1, 0, NOW) == []


@dataclass
class Promoting(WatchedStore):
    """Somebody promotes `entry` just before the first deletion."""

    root: str
    entry: Alias

    def before_write(self) -> None:
        name(self.root, self.entry)


def test_a_version_that_is_promoted_while_it_is_pruned_stays_whole(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    before = store.get(version_key(published[0], "manifest.json"))
    entry = Alias(1, published[0], "ab" * 32, NOW.isoformat(timespec="microseconds"), "tests", "", None)
    with pytest.raises(AliasMoved, match="stays"):
        prune(Promoting(store, model_uri, entry), published[0])
    assert before is not None
    after = store.get(version_key(published[0], "manifest.json"))
    assert after is not None
    assert after.data == before.data
    assert len(list(store.list(f"versions/{published[0]}"))) == 3


def test_what_a_killed_writer_left_in_a_directory_goes_with_its_version(tmp_path: Path) -> None:
    store = open_writable_store(str(tmp_path))
    version = "20200101T000000Z-00000000"
    folder = tmp_path / "versions" / version
    folder.mkdir(parents=True)
    (folder / ".writing-abc").write_bytes(b"half")
    os.utime(folder / ".writing-abc", (time.time() - 90_000,) * 2)
    assert superfluous(store, 1, 0, NOW) == [version]
    prune(store, version)
    assert not folder.exists()
