"""A directory as a writable registry: what the file system says becomes an error that tells what to do."""

from collections.abc import Callable
from pathlib import Path

import pytest

from handler.errors.model import RegistryAccessDenied, RegistryUnreachable
from tests.unit.closed_folder import closed
from training.release.stores.directory_store import WritableDirectoryStore

READS: dict[str, Callable[[WritableDirectoryStore], object]] = {
    "get": lambda store: store.get("versions/file"),
    "list": lambda store: list(store.list("versions/")),
    "last_written": lambda store: store.last_written("versions/"),
    "digest": lambda store: store.digest("versions/file"),
}
ADVICE_TO_READ = r"may not be read: check its owner and mode\.$"


@pytest.fixture
def store(tmp_path: Path) -> WritableDirectoryStore:
    store = WritableDirectoryStore(tmp_path)
    assert store.create("versions/file", b"kept")
    return store


@pytest.mark.parametrize("read", READS)
def test_a_folder_that_may_not_be_read_is_told_so_by_every_read(store: WritableDirectoryStore, read: str) -> None:
    with closed(store.root / "versions"), pytest.raises(RegistryAccessDenied, match=ADVICE_TO_READ):
        READS[read](store)


@pytest.mark.parametrize("read", ["list", "last_written", "digest"])
def test_a_registry_that_was_not_written_to_yet_holds_nothing(tmp_path: Path, read: str) -> None:
    assert not READS[read](WritableDirectoryStore(tmp_path / "later"))


def test_a_folder_in_place_of_a_file_is_told_with_what_to_do(store: WritableDirectoryStore) -> None:
    with pytest.raises(
        RegistryUnreachable, match=r"cannot be read: Is a directory\. Check the disk, and the directory"
    ):
        store.digest("versions")


def test_a_folder_that_may_not_be_written_is_told(store: WritableDirectoryStore) -> None:
    with (
        closed(store.root / "versions"),
        pytest.raises(RegistryAccessDenied, match="may not be written: check the dir"),
    ):
        store.create("versions/other", b"")


def test_a_place_where_nothing_can_be_made_is_told_with_another_to_give() -> None:
    store = WritableDirectoryStore(Path("/proc/registry"))
    with pytest.raises(RegistryUnreachable, match=r"cannot be written: .+ or give another directory with --model-uri"):
        store.create("versions/file", b"")
