"""A writer that dies between any two writes leaves a registry that reads whole, and running it again ends the job."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.registries import history, made_at, published_whole, put_manifest, put_version, served_whole
from tests.integration.watched_store import WatchedStore
from training.errors import VersionExists
from training.release.alias_move import Release
from training.release.promote import promote
from training.release.publish import TrainedFolder, publish, read_folder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore


class Killed(BaseException):
    """The process ended here."""


@dataclass
class Dying(WatchedStore):
    """A store that is used until `lives` writes were done to it; the next one kills the writer."""

    lives: int

    def before_write(self) -> None:
        if self.lives == 0:
            raise Killed
        self.lives -= 1


def release(version: str) -> Release:
    return Release(version, "production", "tests", "")


def promote_and_die(store: WritableStore, version: str, writes: int) -> None:
    with pytest.raises(Killed):
        promote(Dying(store, writes), release(version))


def test_a_publisher_that_died_before_any_of_its_writes_is_finished_by_running_it_again(
    bucket: str, iris_folder: Path
) -> None:
    folder = read_folder(iris_folder)
    store = open_writable_store(f"s3://{bucket}/iris")
    for writes in (1, 2):
        with pytest.raises(Killed):
            publish(folder, Dying(store, writes))
        assert len(list(store.list(f"versions/{folder.manifest.version}"))) == writes
        assert published_whole(store) == []
    publish(folder, store)
    assert published_whole(store) == [folder.manifest.version]
    assert len(list(store.list(f"versions/{folder.manifest.version}"))) == 2 + len(folder.forms)


def test_a_publisher_does_not_finish_what_another_began_with_other_bytes(tmp_path: Path, iris_folder: Path) -> None:
    folder = read_folder(iris_folder)
    store = open_writable_store(str(tmp_path / "iris"))
    store.create(f"versions/{folder.manifest.version}/report.html", b"another report")
    with pytest.raises(VersionExists, match=r"report\.html holds other bytes"):
        publish(folder, store)
    assert published_whole(store) == []


def test_a_promoter_that_died_between_any_of_its_writes_leaves_one_whole_release_and_one_history_entry_a_change(
    bucket: str, iris: TrainedFolder
) -> None:
    served_uri = f"s3://{bucket}/iris"
    put_version(served_uri, iris)
    put_manifest(served_uri, iris.manifest)
    store = open_writable_store(served_uri)
    first = iris.manifest.version
    second, third = (put_version(served_uri, made_at(iris, number)) for number in (1, 2))

    promote_and_die(store, second, 1)
    assert served_whole(store) == first
    assert history(store) == [first]

    promote_and_die(store, second, 2)
    assert served_whole(store) == second

    promote(store, release(second))
    alias = promote(store, release(third))
    assert alias.previous == second
    assert served_whole(store) == third
    assert history(store) == [first, second, third]


def test_a_first_promoter_that_died_is_entered_in_the_history_by_the_next(tmp_path: Path, iris: TrainedFolder) -> None:
    uri = str(tmp_path / "iris")
    store = open_writable_store(uri)
    first, second = (put_version(uri, made_at(iris, number)) for number in (1, 2))
    promote_and_die(store, first, 1)
    assert served_whole(store) == first
    promote(store, release(second))
    assert history(store) == [first, second]


def test_promoting_again_after_a_death_finishes_the_history(served_uri: str, iris: TrainedFolder) -> None:
    store = open_writable_store(served_uri)
    second = put_version(served_uri, made_at(iris, 1))
    promote_and_die(store, second, 2)
    promote(store, release(second))
    assert history(store) == [iris.manifest.version, second]
