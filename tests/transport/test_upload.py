"""Large artifacts go to S3 and to a directory in parts: on a condition, in flat memory, whole or not at all."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from handler.errors.model import RegistryError
from handler.registry.manifest import sha256
from handler.registry.s3.place import bucket_and_prefix
from training.release.stores.s3_store import WritableS3Store
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore

KEY = "versions/20300101T000000Z-00000000/model.joblib"
MEGABYTE = 1024 * 1024
PART = 5 * MEGABYTE
"""The least that S3 takes for a part."""


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WritableS3Store, "part_bytes", PART)


@pytest.fixture
def store(model_uri: str, small_parts: None) -> WritableStore:  # noqa: ARG001 - a fixture for its effect
    return open_writable_store(model_uri)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """13 MB that no two parts have in common: three parts, the last a short one."""
    path = tmp_path / "artifact"
    path.write_bytes(os.urandom(13 * MEGABYTE + 1))
    return path


def unfinished(uri: str) -> list[object]:
    """The uploads that nobody completed or gave up, or the files of unfinished writes."""
    if uri.startswith("s3://"):
        return list(boto3.client("s3").list_multipart_uploads(Bucket=bucket_and_prefix(uri)[0]).get("Uploads", []))
    return list(Path(uri).rglob(".writing-*"))


@pytest.mark.parametrize("size", [0, 1, PART, PART + 1, 2 * PART])
def test_what_is_uploaded_is_read_back_byte_for_byte_and_by_its_digest(
    model_uri: str, store: WritableStore, tmp_path: Path, size: int
) -> None:
    data = os.urandom(size)
    (tmp_path / "artifact").write_bytes(data)
    told: list[int] = []
    assert store.create_from(KEY, tmp_path / "artifact", told.append)
    assert sum(told) == size
    assert store.digest(KEY) == sha256(data)
    blob = store.get(KEY)
    assert blob is not None
    assert blob.data == data
    assert unfinished(model_uri) == []


def test_what_is_there_is_never_replaced(model_uri: str, store: WritableStore, file: Path) -> None:
    store.create(KEY, b"first")
    assert not store.create_from(KEY, file)
    assert store.digest(KEY) == sha256(b"first")
    assert unfinished(model_uri) == []


def test_of_two_that_upload_at_once_the_first_to_complete_wins(
    model_uri: str, store: WritableStore, file: Path
) -> None:
    done: list[int] = []

    def overtake(count: int) -> None:
        if not done:
            store.create(KEY, b"the other was here")
        done.append(count)

    assert not store.create_from(KEY, file, overtake)
    assert store.digest(KEY) == sha256(b"the other was here")
    assert unfinished(model_uri) == []


def test_nothing_has_no_digest(store: WritableStore) -> None:
    store.create("versions/other", b"")
    assert store.digest(KEY) is None


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, RuntimeError])
def test_an_upload_that_was_interrupted_leaves_nothing_and_the_next_one_succeeds(
    model_uri: str, store: WritableStore, file: Path, interruption: type[BaseException]
) -> None:
    def interrupt(_: int) -> None:
        raise interruption

    with pytest.raises(interruption):
        store.create_from(KEY, file, interrupt)
    assert store.get(KEY) is None
    assert unfinished(model_uri) == []
    assert store.create_from(KEY, file)
    assert store.digest(KEY) == sha256(file.read_bytes())


def test_progress_comes_part_by_part(bucket: str, small_parts: None, file: Path) -> None:  # noqa: ARG001 - for its effect
    told: list[int] = []
    open_writable_store(f"s3://{bucket}/iris").create_from(KEY, file, told.append)
    assert told == [PART, PART, 3 * MEGABYTE + 1]


def test_a_file_that_cannot_be_read_is_one_of_our_errors(store: WritableStore, tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match=r"cannot be (read|written)"):
        store.create_from(KEY, tmp_path / "nowhere")


@pytest.fixture
def sixty(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "sixty"
    with path.open("wb") as file:
        for _ in range(60):
            file.write(os.urandom(MEGABYTE))
    yield path
    path.unlink()


UPLOADING = """
import hashlib, re, sys
from pathlib import Path
from training.release.stores.s3_store import WritableS3Store
from training.release.stores.schemes import open_writable_store
WritableS3Store.part_bytes = 5 * 1024 * 1024
store, key, small, file = open_writable_store(sys.argv[1]), sys.argv[2], *map(Path, sys.argv[3:])
assert store.create_from(key + ".small", small) and store.digest(key + ".small")
def peak():
    return int(re.search(r"VmHWM:\\s+([0-9]+)", Path("/proc/self/status").read_text())[1])

before = peak()
assert store.create_from(key, file)
with file.open("rb") as whole:
    assert store.digest(key) == hashlib.file_digest(whole, "sha256").hexdigest()
print(peak() - before)
"""


# Not ru_maxrss: a child begins with its parent's.
@pytest.mark.skipif(sys.platform != "linux", reason="the peak of one process is asked of /proc")
def test_sixty_megabytes_never_are_in_memory_at_once(model_uri: str, tmp_path: Path, sixty: Path) -> None:
    """Measured as the peak of a process of its own, in KB: what 60 MB add to what a small artifact took."""
    (tmp_path / "small").write_bytes(os.urandom(6 * MEGABYTE))
    command = [sys.executable, "-c", UPLOADING, model_uri, KEY, str(tmp_path / "small"), str(sixty)]
    added = int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    print(f"{model_uri.partition(':')[0]}: {added} KB")
    assert added < 25_000
