"""`handler.registry.directory_store`: bytes as they are, and an error of ours for whatever the file system says."""

from pathlib import Path

import pytest

from handler.errors.model import RegistryAccessDenied, RegistryNotFound, RegistryUnreachable
from handler.registry.directory_store import DirectoryStore
from tests.unit.closed_folder import closed


@pytest.fixture
def store(tmp_path: Path) -> DirectoryStore:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_bytes(b"\x00bytes\r\n")
    return DirectoryStore(tmp_path)


def test_the_bytes_come_back_as_they_are(store: DirectoryStore) -> None:
    blob = store.get("folder/file")
    assert blob is not None
    assert blob.data == b"\x00bytes\r\n"


@pytest.mark.parametrize("key", ["file", "folder/other", "other/file", "folder/file/below"])
def test_where_nothing_is_there_is_none(store: DirectoryStore, key: str) -> None:
    assert store.get(key) is None


def test_the_tag_changes_exactly_when_the_bytes_do(store: DirectoryStore) -> None:
    first = store.get("folder/file")
    again = store.get("folder/file")
    (store.root / "folder" / "file").write_bytes(b"\x00bytes\n\n")
    changed = store.get("folder/file")
    assert first is not None
    assert again is not None
    assert changed is not None
    assert first.etag == again.etag != changed.etag


def test_a_directory_that_does_not_exist_is_told_from_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(RegistryNotFound, match=r"does not exist: check MODEL_URI"):
        DirectoryStore(tmp_path / "nowhere").get("folder/file")


def test_a_file_in_place_of_the_directory_is_no_registry(store: DirectoryStore) -> None:
    with pytest.raises(RegistryNotFound):
        DirectoryStore(store.root / "folder" / "file").get("aliases/production.json")


def test_a_folder_in_place_of_a_file_is_unreachable(store: DirectoryStore) -> None:
    with pytest.raises(RegistryUnreachable, match="cannot be read: Is a directory"):
        store.get("folder")


def test_a_file_that_may_not_be_read_is_access_denied(store: DirectoryStore) -> None:
    with closed(store.root / "folder"), pytest.raises(RegistryAccessDenied, match="check its owner and mode"):
        store.get("folder/file")
