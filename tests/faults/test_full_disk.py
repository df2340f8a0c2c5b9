"""A full disk costs the function a download, or memory, and never an answer."""

import contextlib
import errno
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handler.registry import storage
from handler.registry.chain import VerifiedArtifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.schemes import open_store
from handler.serving.artifact_cache import FOLDER, ArtifactCache
from tests.faults.proxy import Proxy
from tests.faults.releases import LARGE, numbered, put_numbered, swap
from training.release.stores.schemes import open_writable_store


def fill(file: io.RawIOBase) -> None:
    """Write until the disk says no."""
    while True:
        file.write(bytes(1024))


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[Path]:
    """A file system of 64 KB at `folder`, written full. Only root may mount one."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=True)
    try:
        with (folder / "filler").open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left") as full:
            fill(file)
        assert full.value.errno == errno.ENOSPC
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("ballast", [0, LARGE], ids=["small", "large"])
def test_a_function_whose_disk_is_full_answers(
    proxy: Proxy, model_uri: str, tmp_path: Path, record: Callable[..., None], ballast: int
) -> None:
    """On a real full file system as root; for anyone else the kernel refuses every byte of every file."""
    version = put_numbered(model_uri, 1, ballast)
    swap(open_writable_store(model_uri), version)
    with contextlib.ExitStack() as stack:
        root = os.geteuid() == 0
        folder = str(stack.enter_context(full_disk(tmp_path / "full"))) if root else ""
        command = [sys.executable, "-m", "tests.faults.ask_once", model_uri, folder]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        left = sorted(path.name for path in (tmp_path / "full").rglob("*")) if root else []
        if root:
            cache, manifest = ArtifactCache(Path(folder, FOLDER)), numbered(1, ballast).manifest
            for _ in range(2):
                before = proxy.requests
                assert len(cache.read(open_store(model_uri), manifest).data) == manifest.artifact.bytes
                assert proxy.requests > before
    answers = [line for line in outcome.stdout.splitlines() if line.startswith(("200", "5"))]
    assert answers == [f"200 {version} 1.0"] * 3, outcome.stderr
    assert left in ([], ["filler"], ["filler", FOLDER])
    disk = "tmpfs, ENOSPC" if root else "RLIMIT_FSIZE"
    size = "a large model" if ballast else "a small model"
    record(f"full /tmp ({disk}), {size}", "3 of 3: 200", "as with none", "unchanged")


@contextlib.contextmanager
def disk_of(size: str, folder: Path) -> Iterator[Path]:
    """A file system of `size` at `folder`, which is let go even where a file on it is still held. Only for root."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
def test_copies_are_kept_only_where_the_disk_has_room_and_go_before_a_model_is_held_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk of 3.5 MB, and models of 1 MB, which count as large here."""
    monkeypatch.setattr(storage, "IN_MEMORY_BYTES", 1000)
    monkeypatch.setattr(storage, "RESERVE_BYTES", 64 * 1024)
    first, second, third = (numbered(number, 1024 * 1024) for number in (1, 2, 3))
    for version in (first, second, third):
        version.write(tmp_path / "registry")
    with disk_of("3584k", tmp_path / "disk") as disk:
        monkeypatch.setattr(tempfile, "tempdir", str(disk))
        cache, store = ArtifactCache(disk / "cache"), DirectoryStore(tmp_path / "registry")
        serving = cache.read(store, first.manifest)
        assert is_on(disk, serving)
        assert kept(disk) == {first.manifest.artifact.sha256}
        # The file of the first, its copy, the file of the second: one copy more would leave no room for a third file.
        following = cache.read(store, second.manifest)
        assert is_on(disk, following)
        assert kept(disk) == {first.manifest.artifact.sha256}
        # With what another process writes, only the copy's place is left for a file.
        serving = following
        (disk / "foreign").write_bytes(bytes(1024 * 1024))
        following = cache.read(store, third.manifest)
        assert is_on(disk, following)
        assert kept(disk) == set()
        assert (serving.data, following.data) == (second.artifact, third.artifact)
        del serving, following
        assert os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize > 2_000_000


def kept(disk: Path) -> set[str]:
    return {path.name for path in (disk / "cache").iterdir()}


def is_on(disk: Path, artifact: VerifiedArtifact) -> bool:
    content = artifact.content
    return isinstance(content, storage.PrivateFile) and os.fstat(content.descriptor).st_dev == disk.stat().st_dev
