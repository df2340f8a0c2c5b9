"""The package's folder as a whole: its size, its digest, and what makes two builds of one commit the same."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

UNZIPPED_LIMIT_BYTES = 262_144_000
"""What code and layers may take unzipped (AWS Lambda Developer Guide, "Lambda quotas")."""

DATE = 315_619_200
"""1980-01-02 00:00 UTC, in seconds: the first day that a zip can hold in every time zone."""


def files_of(tree: Path) -> Iterator[Path]:
    """Every file below `tree`, sorted by its path within."""
    return iter(sorted(path for path in tree.rglob("*") if path.is_file()))


def size_of(tree: Path) -> int:
    """The bytes of every file below `tree`, as Lambda counts them against its limit."""
    return sum(path.stat().st_size for path in files_of(tree))


def digest_of(tree: Path) -> str:
    """SHA-256 over the path, the mode and the bytes of every file below `tree`."""
    digest = hashlib.sha256()
    for path in files_of(tree):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(tree).as_posix()} {path.stat().st_mode:o} {content}\n".encode())
    return digest.hexdigest()


def normalise(tree: Path) -> None:
    """Give everything below `tree` one date, and modes that Lambda's user can read."""
    for folder, _, names in os.walk(tree, topdown=False):
        for path in [Path(folder, name) for name in names]:
            path.chmod(0o644)
            os.utime(path, (DATE, DATE))
        Path(folder).chmod(0o755)
        os.utime(folder, (DATE, DATE))
