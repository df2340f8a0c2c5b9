"""A local file and how its bytes are read."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LocalFile:
    """The file at `path`, which the person calls `name`; one that is `gzipped` is unpacked on the way."""

    name: str
    path: Path
    gzipped: bool = False

    @contextlib.contextmanager
    def opened(self) -> Iterator[Any]:
        """Its bytes as a stream of Arrow's; reading them raises OSError where what is packed is damaged or cut off."""
        import pyarrow as pa

        with pa.OSFile(str(self.path)) as file:
            if not self.gzipped:
                yield file
                return
            with pa.CompressedInputStream(file, "gzip") as unpacked:
                yield unpacked
