"""`handler.registry.storage`: where an artifact's bytes are held, and what room that takes."""

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from handler.registry import storage
from handler.registry.storage import IN_MEMORY_BYTES, PrivateFile, hold, opened, storage_needed
from tests.unit.handler.disks import files_no_larger_than, files_without_a_name

PARTS = [os.urandom(700), os.urandom(300), os.urandom(1)]
DATA = b"".join(PARTS)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """More than 1000 bytes count as large here; gives the temporary folder."""
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class Counted:
    """Gives DATA each time it is called, and counts the parts that were taken."""

    def __init__(self) -> None:
        self.calls = self.taken = 0

    def __call__(self) -> Iterator[bytes]:
        self.calls += 1
        for part in PARTS:
            self.taken += 1
            yield part


def test_a_small_artifact_needs_no_storage_and_a_large_one_has_room_beside_its_successor() -> None:
    assert storage_needed(0) == storage_needed(IN_MEMORY_BYTES) == 0
    large = IN_MEMORY_BYTES + 1
    assert 2 * large < storage_needed(large) < 2 * large + 2**24


def test_the_storage_that_every_function_has_takes_an_artifact_of_a_quarter_of_a_gigabyte() -> None:
    # 512 MB, counted in MiB (AWS Lambda Developer Guide, "Configure ephemeral storage").
    assert storage_needed(262_000_000) <= 512 * 1024 * 1024


def test_a_small_artifact_is_plain_bytes_and_touches_no_disk(large: Path) -> None:
    small = os.urandom(1000)
    assert hold(lambda: [small], 1000) is small
    assert list(large.iterdir()) == []


def test_a_large_artifact_is_in_a_private_file_of_the_temporary_folder_that_has_no_name(large: Path) -> None:
    before = files_without_a_name()
    held = hold(lambda: PARTS, len(DATA))
    assert isinstance(held, PrivateFile)
    assert list(large.iterdir()) == []
    assert Path(f"/proc/self/fd/{held.descriptor}").readlink().parent == large
    assert stat.S_IMODE(os.fstat(held.descriptor).st_mode) == 0o600
    assert os.fstat(held.descriptor).st_nlink == 0
    assert not os.get_inheritable(held.descriptor)
    assert files_without_a_name() == before + 1
    del held
    assert files_without_a_name() == before


@pytest.mark.usefixtures("large")
def test_each_reader_begins_at_the_start_and_reads_at_a_place_of_its_own() -> None:
    held = hold(lambda: PARTS, len(DATA))
    first, second = opened(held), opened(held)
    assert first.read(10) == DATA[:10]
    assert second.read() == DATA
    assert first.read() == DATA[10:]
    assert (first.seek(-3, os.SEEK_END), first.read()) == (len(DATA) - 3, DATA[-3:])
    assert (first.seek(5), first.seek(2, os.SEEK_CUR), first.read(4)) == (5, 7, DATA[7:11])


@pytest.mark.usefixtures("large")
def test_a_reader_outlives_its_owner() -> None:
    reader = opened(hold(lambda: PARTS, len(DATA)))
    assert reader.read() == DATA


@pytest.mark.usefixtures("large")
def test_what_is_written_to_a_mapping_is_seen_by_nobody_else() -> None:
    held = hold(lambda: PARTS, len(DATA))
    assert isinstance(held, PrivateFile)
    mapping = held.mapped()
    mapping[:4] = b"mine"
    assert opened(held).read() == held.mapped()[:] == DATA


def test_where_the_disk_is_full_the_bytes_are_held_in_memory_and_are_read_once_more_at_most(large: Path) -> None:
    read = Counted()
    with files_no_larger_than(len(DATA) - 1):
        held = hold(read, len(DATA))
    assert opened(held).read() == DATA
    # No place takes so long a file, and each says so before it is read for.
    assert read.calls <= 2
    assert list(large.iterdir()) == []


def test_where_there_is_no_temporary_folder_the_same_file_is_made_in_memory(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(large / "gone"))
    read = Counted()
    held = hold(read, len(DATA))
    assert isinstance(held, PrivateFile)
    assert str(Path(f"/proc/self/fd/{held.descriptor}").readlink()).startswith("/memfd:")
    assert (opened(held).read(), read.calls) == (DATA, 1)


def test_where_the_system_has_no_files_in_memory_either_the_bytes_are_plain(
    large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(large / "gone"))
    monkeypatch.delattr(os, "memfd_create")
    assert hold(lambda: PARTS, len(DATA)) == DATA


def test_an_error_of_whoever_reads_is_passed_on_and_leaves_nothing_behind(large: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield PARTS[0]
        raise ValueError("the registry went away")

    before = files_without_a_name()
    with pytest.raises(ValueError, match="went away"):
        hold(broken, len(DATA))
    assert files_without_a_name() == before
    assert list(large.iterdir()) == []
