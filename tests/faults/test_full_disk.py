"""A full disk costs the function a download, never an answer."""

import contextlib
import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handler.registry.schemes import open_store
from handler.serving.artifact_cache import FOLDER, ArtifactCache
from tests.faults.proxy import Proxy
from tests.faults.releases import numbered, put_numbered, swap
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


def test_a_function_whose_disk_is_full_answers(
    proxy: Proxy, model_uri: str, tmp_path: Path, record: Callable[..., None]
) -> None:
    """On a real full file system as root; for anyone else the kernel refuses every byte of every file."""
    version = put_numbered(model_uri, 1)
    swap(open_writable_store(model_uri), version)
    with contextlib.ExitStack() as stack:
        root = os.geteuid() == 0
        folder = str(stack.enter_context(full_disk(tmp_path / "full"))) if root else ""
        command = [sys.executable, "-m", "tests.faults.ask_once", model_uri, folder]
        outcome = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        left = sorted(path.name for path in (tmp_path / "full").rglob("*")) if root else []
        if root:
            before = proxy.requests
            cache, manifest = ArtifactCache(Path(folder, FOLDER)), numbered(1).manifest
            for _ in range(2):
                assert len(cache.read(open_store(model_uri), manifest).data) == manifest.artifact.bytes
            assert proxy.requests == before + 2
    answers = [line for line in outcome.stdout.splitlines() if line.startswith(("200", "5"))]
    assert answers == [f"200 {version} 1.0"] * 3, outcome.stderr
    assert left in ([], ["filler"], ["filler", FOLDER])
    record("full /tmp (" + ("tmpfs, ENOSPC)" if root else "RLIMIT_FSIZE)"), "3 of 3: 200", "as with none", "unchanged")
