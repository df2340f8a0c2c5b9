"""A local file and how its bytes are read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class LocalFile:
    """The file at `path`, which the person calls `name`; one that is `gzipped` is unpacked on the way."""

    name: str
    path: Path
    gzipped: bool = False

    def stream(self) -> Any:
        """Its bytes as a stream of Arrow's; reading them raises OSError where what is packed is damaged or cut off.

        It is closed when it is let go. Whoever hands it to a reader of Arrow's leaves that to it: such a reader reads
        ahead in a thread, which would go on with a file that was closed, and so with the next that has its number.
        """
        import pyarrow as pa

        file = pa.OSFile(str(self.path))
        return pa.CompressedInputStream(file, "gzip") if self.gzipped else file
