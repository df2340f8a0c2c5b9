"""What the tests of disks share: a disk that takes no more, and the files that only this process still has."""

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel refuses every byte of a file beyond `size`, as it does where a disk is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def files_without_a_name() -> int:
    """How many deleted files this process holds, open or mapped: the disk has them until it lets go."""
    held = set()
    for link in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            status = link.stat()
            if status.st_nlink == 0:
                held.add((status.st_dev, status.st_ino))
    for line in Path("/proc/self/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        if fields[-1].endswith("(deleted)"):
            major, minor = (int(part, 16) for part in fields[3].split(":"))
            held.add((os.makedev(major, minor), int(fields[4])))
    return len(held)
