"""The record of a deployed function: strict in what it takes, and unchanged on its way through a registry."""

import json
from pathlib import Path
from typing import Any

import pytest

from handler.records.decoding import Undecodable
from tests.unit.training.release.deployed.descriptions import package, record
from training.errors import InvalidFunctionRecord, NoFunctionRecord, RecordMoved
from training.release.deployed.record import FunctionRecord, is_stack_name, record_key
from training.release.deployed.records import each_record, forget, recorded, serving, write_record
from training.release.stores.directory_store import WritableDirectoryStore


def changed(**fields: Any) -> str:
    return json.dumps({**json.loads(record().to_json()), **fields})


def test_a_record_comes_back_unchanged() -> None:
    for made in (record(), record(commit=None, package=package(scikit_learn="1.8.0"), recorded_by="ä \n")):
        assert FunctionRecord.from_json(made.to_json()) == made


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[]", "must be an object"),
        (changed(more=1), "unknown field 'more'"),
        (changed(format_version=2), "format 2, and this code reads formats up to 1"),
        (changed(package={"format_version": 7}), "format 7, and this code reads formats up to 1"),
        (changed(package=None), "must be an object"),
        (changed(memory_mb="1769"), "memory_mb must be a whole number"),
        (changed(stack="../x"), "names no stack"),
        (changed(alias="../x"), "names no stack, no alias"),
        (changed(recorded_at="yesterday"), "no moment in UTC"),
    ],
)
def test_what_is_no_record_of_a_known_format_is_refused(text: str, said: str) -> None:
    with pytest.raises(Undecodable, match=said):
        FunctionRecord.from_json(text)


def test_only_the_name_of_a_stack_becomes_part_of_a_key() -> None:
    assert all(map(is_stack_name, ("a", "sklearn-on-lambda-prod", "A" * 128)))
    assert not any(map(is_stack_name, ("", "1a", "-a", "a/b", "..", "a.b", "a_b", "a\n", "A" * 129)))


@pytest.fixture
def store(tmp_path: Path) -> WritableDirectoryStore:
    return WritableDirectoryStore(tmp_path)


def test_a_deploy_replaces_the_record_of_its_stack_and_no_other(store: WritableDirectoryStore) -> None:
    assert list(recorded(store)) == []
    write_record(store, record("one"))
    write_record(store, record("two", alias="staging"))
    write_record(store, record("one", storage_mb=1024))
    assert [(each.stack, each.ephemeral_storage_mb) for each in recorded(store)] == [("one", 1024), ("two", 512)]
    assert [each.stack for each in serving(store, "staging")] == ["two"]


def test_of_two_deploys_of_a_stack_at_once_one_is_told(store: WritableDirectoryStore) -> None:
    class Raced(WritableDirectoryStore):
        def replace(self, key: str, data: bytes, etag: str | None) -> bool:
            write_record(store, record("one", storage_mb=2048))
            return super().replace(key, data, etag)

    write_record(store, record("one"))
    with pytest.raises(RecordMoved, match=r"'one' was recorded .* just now; nothing was changed: run this again"):
        write_record(Raced(store.root), record("one", storage_mb=1024))
    assert [each.ephemeral_storage_mb for each in recorded(store)] == [2048]


def test_a_record_is_forgotten_even_where_it_cannot_be_read(store: WritableDirectoryStore) -> None:
    write_record(store, record("one"))
    store.create(record_key("broken"), b"{")
    with pytest.raises(NoFunctionRecord, match=r"no record of 'three'\. It has: broken, one\."):
        forget(store, "three")
    forget(store, "broken")
    forget(store, "one")
    assert list(recorded(store)) == []
    with pytest.raises(NoFunctionRecord, match="It has: none"):
        forget(store, "one")


@pytest.mark.parametrize("data", [b"{", b"{}", record("other").to_json().encode()])
def test_a_record_that_cannot_be_read_says_how_to_go_on(store: WritableDirectoryStore, data: bytes) -> None:
    write_record(store, record("one"))
    store.create(record_key("broken"), data)
    with pytest.raises(InvalidFunctionRecord, match=r"functions/broken\.json cannot be read: ") as refused:
        serving(store, "production")
    assert f"functions --forget broken --model-uri {store.uri}" in str(refused.value)
    found = dict(each_record(store))
    assert isinstance(found["broken"], InvalidFunctionRecord)
    assert found["one"] == record("one")


def test_what_else_lies_in_the_folder_is_no_record(store: WritableDirectoryStore) -> None:
    store.create("functions/notes/read.me", b"")
    store.create("functions/notes.txt", b"")
    assert list(recorded(store)) == []
