"""`handler.serving.artifact_cache`: what it gives was verified just now, it stays within its bounds, and no disk is a
reason to have no model.
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from handler.errors.model import ArtifactDigestMismatch, ArtifactMissing
from handler.registry.chain import version_key
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import ArtifactFile, Manifest, sha256
from handler.serving.artifact_cache import ArtifactCache, temporary_cache
from tests.unit.handler.disks import files_no_larger_than
from tests.unit.handler.models import Version


@dataclass
class Counting(DirectoryStore):
    """A real directory registry that notes what was read."""

    root: Path
    read: list[str] = field(default_factory=list)

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        self.read.append(key)
        return super().parts(key, length)


@pytest.fixture
def store(tmp_path: Path) -> Counting:
    return Counting(tmp_path / "registry")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def put(store: Counting, iris: Version, data: bytes) -> Manifest:
    """Put `data` into the registry as an artifact; gives its manifest. Nothing here unpickles it."""
    digest = sha256(data)
    version = f"20300101T000000Z-{digest[:8]}"
    files = {"joblib": ArtifactFile("model.joblib", len(data), digest)}
    path = store.root / version_key(version, "model.joblib")
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    return replace(iris.manifest, version=version, artifacts=files)


def test_a_second_read_comes_from_the_disk_byte_for_byte(store: Counting, folder: Path, iris_version: Version) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    for _ in range(3):
        assert ArtifactCache(folder).read(store, manifest).data == b"a" * 1000
    assert len(store.read) == 1
    assert [path.name for path in folder.iterdir()] == [manifest.artifact.sha256]


@pytest.mark.parametrize("data", [b"", b"a" * 999, b"b" + b"a" * 999, b"a" * 1001])
def test_what_is_there_is_verified_again_at_each_read_and_replaced_where_it_is_wrong(
    store: Counting, folder: Path, iris_version: Version, data: bytes
) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    ArtifactCache(folder).read(store, manifest)
    (folder / manifest.artifact.sha256).write_bytes(data)
    assert ArtifactCache(folder).read(store, manifest).data == b"a" * 1000
    assert len(store.read) == 2
    assert (folder / manifest.artifact.sha256).read_bytes() == b"a" * 1000


def test_what_the_registry_gives_is_verified_before_it_is_kept(
    store: Counting, folder: Path, iris_version: Version
) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    (store.root / version_key(manifest.version, "model.joblib")).write_bytes(b"b" * 1000)
    with pytest.raises(ArtifactDigestMismatch):
        ArtifactCache(folder).read(store, manifest)
    assert not folder.exists()


def test_a_missing_artifact_is_told_as_what_it_is(store: Counting, folder: Path, iris_version: Version) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    (store.root / version_key(manifest.version, "model.joblib")).unlink()
    with pytest.raises(ArtifactMissing):
        ArtifactCache(folder).read(store, manifest)


def test_the_least_recently_used_goes_when_there_is_no_room(
    store: Counting, folder: Path, iris_version: Version
) -> None:
    cache = ArtifactCache(folder, maximum_bytes=3000)
    first, second, third, fourth = (put(store, iris_version, letter * 1000) for letter in (b"a", b"b", b"c", b"d"))
    for manifest, moment in ((first, 100), (second, 200), (third, 300)):
        cache.read(store, manifest)
        os.utime(folder / manifest.artifact.sha256, (moment, moment))
    cache.read(store, first)  # used just now
    cache.read(store, fourth)
    kept = {path.name for path in folder.iterdir()}
    assert kept == {manifest.artifact.sha256 for manifest in (first, third, fourth)}


@pytest.mark.parametrize("count", range(1, 9))
def test_it_never_grows_beyond_its_bound(store: Counting, folder: Path, iris_version: Version, count: int) -> None:
    cache = ArtifactCache(folder, maximum_bytes=2500)
    for number in range(count):
        cache.read(store, put(store, iris_version, bytes([number]) * (100 + 350 * number)))
        assert sum(path.stat().st_size for path in folder.iterdir()) <= 2500


def test_an_artifact_larger_than_the_bound_is_served_and_not_kept_and_drives_nothing_out(
    store: Counting, folder: Path, iris_version: Version
) -> None:
    cache = ArtifactCache(folder, maximum_bytes=1500)
    small, large = put(store, iris_version, b"a" * 1000), put(store, iris_version, b"b" * 1501)
    cache.read(store, small)
    assert len(cache.read(store, large).data) == 1501
    assert [path.name for path in folder.iterdir()] == [small.artifact.sha256]


def test_what_a_killed_writer_left_is_no_artifact_and_goes_at_the_next_write(
    store: Counting, folder: Path, iris_version: Version
) -> None:
    cache = ArtifactCache(folder)
    cache.read(store, put(store, iris_version, b"a" * 1000))
    (folder / ".writing-dead").write_bytes(b"half")
    cache.read(store, put(store, iris_version, b"b" * 1000))
    assert not (folder / ".writing-dead").exists()


@pytest.mark.parametrize("size", [0, 1, 999])
def test_a_disk_that_is_full_costs_a_download_and_never_an_answer(
    store: Counting, folder: Path, iris_version: Version, size: int, tmp_path: Path
) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    with files_no_larger_than(size):
        with pytest.raises(OSError, match="too large") as refused:
            (tmp_path / "probe").write_bytes(b"a" * 1000)
        assert refused.value.errno == errno.EFBIG
        for _ in range(2):
            assert ArtifactCache(folder).read(store, manifest).data == b"a" * 1000
    assert len(store.read) == 2
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_costs_a_download_and_never_an_answer(
    store: Counting, tmp_path: Path, iris_version: Version
) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    (tmp_path / "file").write_bytes(b"")
    assert ArtifactCache(tmp_path / "file" / "models").read(store, manifest).data == b"a" * 1000


def test_where_no_folder_takes_a_file_there_is_no_cache_rather_than_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    assert temporary_cache() is not None
    monkeypatch.setattr(tempfile, "tempdir", None)
    with files_no_larger_than(0):
        assert temporary_cache() is None


@pytest.mark.parametrize("plant", ["folder", "link to nothing", "link to itself", "pipe", "full folder"])
def test_what_else_may_stand_in_an_artifact_s_place_costs_a_download_and_never_an_answer(
    store: Counting, folder: Path, iris_version: Version, plant: str
) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    other = put(store, iris_version, b"b" * 1000)
    folder.mkdir()
    path = folder / manifest.artifact.sha256
    if plant == "pipe":
        os.mkfifo(path)
    elif plant.startswith("link"):
        path.symlink_to("nowhere" if plant == "link to nothing" else path)
    else:
        path.mkdir()
        (path / "inside").write_bytes(b"x" * (plant == "full folder"))
    for _ in range(2):
        assert ArtifactCache(folder).read(store, manifest).data == b"a" * 1000
    for _ in range(2):  # and it stops no other artifact from being kept
        assert ArtifactCache(folder).read(store, other).data == b"b" * 1000
    assert store.read.count(version_key(other.version, "model.joblib")) == 1


def test_it_deletes_and_counts_only_what_it_wrote(store: Counting, folder: Path, iris_version: Version) -> None:
    folder.mkdir(mode=0o700)
    foreign = [folder / name for name in ("notes.txt", "model.joblib", "a" * 63, "a" * 65, "A" * 64, "writing-x")]
    for path in foreign:
        path.write_bytes(b"x" * 1000)
        os.utime(path, (1, 1))
    cache = ArtifactCache(folder, maximum_bytes=2000)
    kept = [put(store, iris_version, letter * 1000) for letter in (b"a", b"b", b"c")]
    for manifest in kept:
        cache.read(store, manifest)
    left = {path.name for path in folder.iterdir()}
    assert left >= {path.name for path in foreign}
    assert left - {path.name for path in foreign} == {manifest.artifact.sha256 for manifest in kept[1:]}


def test_a_folder_that_is_a_link_is_not_followed(
    store: Counting, folder: Path, iris_version: Version, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ("a" * 64)).write_bytes(b"x" * 1000)
    folder.symlink_to(elsewhere)
    for _ in range(2):
        manifest = put(store, iris_version, os.urandom(1000))
        assert len(ArtifactCache(folder, maximum_bytes=1500).read(store, manifest).data) == 1000
    assert [path.name for path in elsewhere.iterdir()] == ["a" * 64]


@pytest.mark.parametrize("target", ["a file", "the artifact itself", "nothing"])
def test_a_link_in_an_artifact_s_place_is_neither_read_nor_written_nor_deleted(
    store: Counting, folder: Path, iris_version: Version, tmp_path: Path, target: str
) -> None:
    manifest = put(store, iris_version, b"a" * 1000)
    folder.mkdir(mode=0o700)
    elsewhere = tmp_path / "elsewhere"
    if target != "nothing":
        elsewhere.write_bytes((b"a" if target == "the artifact itself" else b"x") * 1000)
    link = folder / manifest.artifact.sha256
    link.symlink_to(elsewhere)
    for _ in range(2):
        assert ArtifactCache(folder).read(store, manifest).data == b"a" * 1000
    assert len(store.read) == 2
    assert link.is_symlink()
    assert elsewhere.exists() == (target != "nothing")


@pytest.mark.parametrize("before", [None, 0o777, 0o750])
def test_its_folder_and_its_files_are_private(
    store: Counting, folder: Path, iris_version: Version, before: int | None
) -> None:
    if before is not None:
        folder.mkdir()
        folder.chmod(before)
    manifest = put(store, iris_version, b"a" * 1000)
    ArtifactCache(folder).read(store, manifest)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / manifest.artifact.sha256)]
    assert modes == [0o700, 0o600]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_left_alone(store: Counting, folder: Path, iris_version: Version) -> None:
    folder.mkdir()
    manifest = put(store, iris_version, b"a" * 1000)
    (folder / manifest.artifact.sha256).write_bytes(b"a" * 1000)
    os.chown(folder, 12345, 12345)
    for _ in range(2):
        assert ArtifactCache(folder).read(store, manifest).data == b"a" * 1000
    assert len(store.read) == 2
    assert [path.name for path in folder.iterdir()] == [manifest.artifact.sha256]


def test_its_folder_is_named_for_this_project() -> None:
    cache = temporary_cache()
    assert cache is not None
    assert cache.folder == Path(tempfile.gettempdir(), "sklearn-on-lambda-artifacts")
