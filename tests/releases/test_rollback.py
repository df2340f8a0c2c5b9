"""What served when, and the way back, on a directory and on S3 alike. Each release is proved for real."""

from dataclasses import dataclass, replace

import pytest

from handler.errors.model import InvalidAlias, RuntimeMismatch
from handler.registry.alias import Alias
from handler.registry.chain import VerifiedArtifact, alias_key, version_key
from tests.integration.registries import HISTORY, history, made_at, put_file, put_version, served_whole
from tests.integration.watched_store import WatchedStore
from training.errors import AliasMoved, NothingBefore, UnprovedArtifact
from training.release.alias_move import Release
from training.release.history import releases
from training.release.promote import promote, rollback
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore


def release(version: str = "", reason: str = "tests") -> Release:
    return Release(version, "production", "ada@analytical", reason)


@pytest.fixture
def store(model_uri: str) -> WritableStore:
    return open_writable_store(model_uri)


@pytest.fixture
def published(model_uri: str, iris: TrainedFolder) -> list[str]:
    """Three versions, the oldest first, none of which serves yet."""
    return [put_version(model_uri, made_at(iris, second)) for second in (1, 2, 3)]


def test_a_rollback_goes_to_what_served_before_not_to_what_was_published_before_and_twice_comes_back(
    store: WritableStore, published: list[str]
) -> None:
    first, _, third = published
    promote(store, release(first, "the first"))
    promote(store, release(third, "the second is no good"))
    assert rollback(store, release(reason="neither is the third")).version == first
    assert served_whole(store) == first
    assert rollback(store, release(reason="it was not the model")).version == third
    told = [(entry.previous, entry.version, entry.promoted_by, entry.reason) for entry in releases(store, "production")]
    assert told == [
        (None, first, "ada@analytical", "the first"),
        (first, third, "ada@analytical", "the second is no good"),
        (third, first, "ada@analytical", "neither is the third"),
        (first, third, "ada@analytical", "it was not the model"),
    ]
    moments = [entry.promoted_at for entry in releases(store, "production")]
    assert moments == sorted(moments)


def test_there_is_no_way_back_where_nothing_serves_or_served_before(store: WritableStore, published: list[str]) -> None:
    with pytest.raises(NothingBefore, match="Nothing serves"):
        rollback(store, release())
    promote(store, release(published[0]))
    with pytest.raises(NothingBefore, match="is the first"):
        rollback(store, release())
    assert history(store) == published[:1]


def serve_unproved(uri: str, version: str, previous: str | None) -> Alias:
    """Let the alias name a version, past every check."""
    alias = Alias(1, version, "ab" * 32, "2030-01-02T00:00:00.000000+00:00", "tests", "", previous)
    put_file(uri, alias_key("production"), alias.to_json().encode())
    return alias


def test_a_rollback_proves_before_it_moves_the_alias(
    model_uri: str, store: WritableStore, published: list[str], iris: TrainedFolder
) -> None:
    forged = made_at(iris, 4)
    example = replace(forged.manifest.example, features=(0.1, 9.9, 0.1, 9.9))
    manifest = replace(forged.manifest, example=example)
    wrong = TrainedFolder(VerifiedArtifact(manifest, forged.artifact.data), manifest.to_json().encode(), b"")
    before = serve_unproved(model_uri, published[0], previous=put_version(model_uri, wrong))
    with pytest.raises(UnprovedArtifact, match="SelfTestFailed"):
        rollback(store, release())
    held = store.get(alias_key("production"))
    assert held is not None
    assert Alias.from_json(held.data) == before


def test_promote_refuses_a_version_made_under_other_libraries_than_the_function_has_and_says_which(
    model_uri: str, store: WritableStore, iris: TrainedFolder
) -> None:
    folder = made_at(iris, 5)
    manifest = replace(folder.manifest, runtime={**folder.manifest.runtime, "scikit-learn": "1.4.2"})
    old = TrainedFolder(VerifiedArtifact(manifest, folder.artifact.data), manifest.to_json().encode(), b"")
    with pytest.raises(RuntimeMismatch, match=r"scikit-learn 1\.4\.2 \(here 1\.9.*handler/requirements\.txt"):
        promote(store, release(put_version(model_uri, old)))
    assert store.get(alias_key("production")) is None
    assert history(store) == []


@dataclass
class Overtaken(WatchedStore):
    """Somebody promotes `other` just after the alias was read for the first time."""

    uri_of: str
    other: str
    overtaken: bool = False

    def get(self, key: str):  # type: ignore[no-untyped-def] # as WatchedStore.get
        blob = super().get(key)
        if key == alias_key("production") and not self.overtaken:
            self.overtaken = True
            serve_unproved(self.uri_of, self.other, previous=None)
        return blob


def test_a_rollback_that_somebody_overtook_is_told_so_and_changes_nothing(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    serve_unproved(model_uri, published[1], previous=published[0])
    with pytest.raises(AliasMoved):
        rollback(Overtaken(store, model_uri, published[2]), release())
    held = store.get(alias_key("production"))
    assert held is not None
    assert Alias.from_json(held.data).version == published[2]


def test_a_rollback_past_an_alias_that_was_mended_takes_what_the_history_says(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    promote(store, release(published[0]))
    put_file(model_uri, alias_key("production"), b"{}")
    assert promote(store, release(published[1])).previous is None
    assert rollback(store, release()).version == published[0]


def test_a_history_entry_that_cannot_be_read_is_named(model_uri: str, store: WritableStore) -> None:
    put_file(model_uri, f"{HISTORY}/20300101T000000.000000Z-x.json", b"no JSON")
    with pytest.raises(InvalidAlias, match=r"aliases/production/history/20300101T000000\.000000Z-x\.json: "):
        list(releases(store, "production"))


def test_a_release_whose_promoter_died_before_its_entry_is_in_the_history_all_the_same(
    model_uri: str, store: WritableStore, published: list[str]
) -> None:
    alias = serve_unproved(model_uri, published[0], previous=None)
    assert list(store.list(HISTORY)) == []
    assert list(releases(store, "production")) == [alias]


def test_promoting_what_was_never_published_names_what_was(store: WritableStore, published: list[str]) -> None:
    from handler.errors.model import ManifestMissing

    store.delete(version_key(published[2], "manifest.json"))
    with pytest.raises(ManifestMissing, match=published[1]):
        promote(store, release("20300101T000009Z-00000000"))
