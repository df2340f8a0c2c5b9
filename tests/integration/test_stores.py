"""The writing half of a registry's place keeps the same promises on a directory and on S3."""

from pathlib import Path

import pytest

from handler.errors.model import InvalidSettings, RegistryNotFound, RegistryUnreachable
from handler.registry.chain import alias_key
from handler.registry.schemes import STORES
from tests.integration.sockets import losing_answers
from training.release.stores import schemes
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore

KEY = "aliases/production.json"


@pytest.fixture
def store(model_uri: str) -> WritableStore:
    return open_writable_store(model_uri)


def held(store: WritableStore, key: str = KEY) -> bytes | None:
    blob = store.get(key)
    return blob.data if blob else None


def etag(store: WritableStore, key: str = KEY) -> str:
    blob = store.get(key)
    assert blob is not None
    return blob.etag


def test_what_was_created_is_read_back_byte_for_byte(store: WritableStore) -> None:
    data = bytes(range(256)) * 300
    assert store.create("versions/v/model.joblib", data)
    assert held(store, "versions/v/model.joblib") == data


def test_create_never_replaces(store: WritableStore) -> None:
    assert store.create(KEY, b"first")
    assert not store.create(KEY, b"second")
    assert held(store) == b"first"


def test_replace_takes_the_place_of_what_has_the_etag(store: WritableStore) -> None:
    store.create(KEY, b"first")
    assert store.replace(KEY, b"second", etag(store))
    assert held(store) == b"second"


def test_replace_with_a_stale_etag_is_refused_and_changes_nothing(store: WritableStore) -> None:
    store.create(KEY, b"first")
    stale = etag(store)
    store.replace(KEY, b"second", stale)
    assert not store.replace(KEY, b"third", stale)
    assert held(store) == b"second"


def test_replace_over_nothing_writes_the_first_and_refuses_the_second(store: WritableStore) -> None:
    assert store.replace(KEY, b"first", None)
    assert not store.replace(KEY, b"second", None)
    assert held(store) == b"first"


def test_the_etag_changes_with_the_bytes_and_only_with_them(store: WritableStore) -> None:
    store.create(KEY, b"first")
    first = etag(store)
    assert etag(store) == first
    store.replace(KEY, b"other", first)
    assert etag(store) != first


def test_list_gives_the_names_directly_below_in_order(store: WritableStore) -> None:
    for key in ("versions/b/model.joblib", "versions/b/manifest.json", "versions/a/x/y", "versions/c", "versionsz/d"):
        store.create(key, b"")
    assert list(store.list("versions")) == ["a", "b", "c"]
    assert list(store.list("versions/b")) == ["manifest.json", "model.joblib"]
    assert list(store.list("nothing")) == []


def test_list_on_s3_goes_on_after_the_first_page(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    store = open_writable_store(f"s3://{bucket}/iris")
    names = [f"v{number}" for number in range(5)]
    for name in names:
        store.create(f"versions/{name}/manifest.json", b"")
    assert list(store.list("versions")) == names


def test_a_model_does_not_see_the_files_of_another_whose_name_begins_alike(bucket: str) -> None:
    open_writable_store(f"s3://{bucket}/iris2").create("versions/v/manifest.json", b"")
    iris = open_writable_store(f"s3://{bucket}/iris")
    assert list(iris.list("versions")) == []
    assert iris.get("versions/v/manifest.json") is None


def test_a_directory_keeps_no_trace_of_unfinished_or_refused_writes(tmp_path: Path) -> None:
    store = open_writable_store(str(tmp_path))
    store.create(KEY, b"first")
    store.create(KEY, b"refused")
    store.replace(KEY, b"refused", "stale")
    assert [path.name for path in (tmp_path / "aliases").iterdir()] == ["production.json"]


@pytest.mark.parametrize("lost", [1, 2])
def test_a_put_whose_first_answers_were_lost_is_known_as_our_own(
    bucket: str, s3_url: str, monkeypatch: pytest.MonkeyPatch, lost: int
) -> None:
    puts: list[int] = []
    with losing_answers(s3_url, lost, puts) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert open_writable_store(f"s3://{bucket}/iris").create(KEY, b"ours")
    assert puts == [200] + [412] * lost


def test_a_replacement_whose_first_answer_was_lost_is_known_as_our_own(
    bucket: str, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"s3://{bucket}/iris"
    direct = open_writable_store(uri)
    direct.create(KEY, b"first")
    puts: list[int] = []
    with losing_answers(s3_url, 1, puts) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        assert open_writable_store(uri).replace(KEY, b"second", etag(direct))
    assert puts == [200, 412]
    assert held(direct) == b"second"


def test_a_put_that_was_lost_on_a_taken_key_is_not_taken_for_our_own(
    bucket: str, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"s3://{bucket}/iris"
    open_writable_store(uri).create(KEY, b"theirs")
    puts: list[int] = []
    with losing_answers(s3_url, 1, puts) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        # The same bytes: it is the writer that tells, not the content.
        assert not open_writable_store(uri).create(KEY, b"theirs")
    assert puts == [412, 412]


def test_a_put_whose_every_answer_was_lost_says_that_s3_did_not_answer(
    bucket: str, s3_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with losing_answers(s3_url, 100, []) as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(RegistryUnreachable, match=r"production\.json"):
            open_writable_store(f"s3://{bucket}/iris").create(KEY, b"ours")


@pytest.mark.usefixtures("bucket")
def test_every_method_says_that_the_bucket_does_not_exist() -> None:
    store = open_writable_store("s3://no-such-bucket/iris")
    with pytest.raises(RegistryNotFound):
        store.get(alias_key("production"))
    with pytest.raises(RegistryNotFound):
        store.create(KEY, b"")
    with pytest.raises(RegistryNotFound):
        store.replace(KEY, b"", '"etag"')
    with pytest.raises(RegistryNotFound):
        list(store.list("versions"))


@pytest.mark.parametrize("uri", ["https://bucket/iris", "s3://bucket", "s3:///iris", "file://elsewhere/iris"])
def test_a_uri_of_another_form_is_refused_before_anything_is_read(uri: str) -> None:
    with pytest.raises(InvalidSettings, match="MODEL_URI must"):
        open_writable_store(uri)


def test_a_file_uri_is_the_directory(tmp_path: Path) -> None:
    open_writable_store(f"file://{tmp_path}/a%20b").create(KEY, b"data")
    assert (tmp_path / "a b" / KEY).read_bytes() == b"data"


def test_what_publishing_writes_to_the_function_can_read() -> None:
    assert schemes.STORES.keys() <= STORES.keys()
