"""A registry in a directory: the same layout and promises as on S3, without AWS."""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from handler.errors.model import RegistryAccessDenied, RegistryNotFound, RegistryUnreachable
from handler.registry.store import PART_BYTES, Blob, NotModified


class DirectoryStore:
    """One model's root is the directory `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def from_uri(cls, uri: str) -> Self:
        """The directory of a path or a `file:` URI; raises ValueError or RuntimeError where it can be none."""
        is_path = "://" not in uri
        path = uri if is_path else unquote(urlsplit(uri).path)
        if "\0" in path:
            raise ValueError("a path cannot hold a NUL")
        return cls(Path(path).expanduser() if is_path else Path(path))

    @property
    def uri(self) -> str:
        return str(self.root)

    def get(self, key: str) -> Blob | None:
        try:
            with self._own_errors(key):
                data = (self.root / key).read_bytes()
        except FileNotFoundError:
            return None
        return Blob(data, hashlib.sha256(data).hexdigest())

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        blob = self.get(key)
        return NotModified() if blob is not None and blob.etag == etag else blob

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:  # noqa: ARG002 - a file needs no expectation
        path = self.root / key
        try:
            with self._own_errors(key):
                file = path.open("rb")
        except FileNotFoundError:
            return None

        def read() -> Iterator[bytes]:
            with file, self._own_errors(key):
                while part := file.read(PART_BYTES):
                    yield part

        return read()

    @contextlib.contextmanager
    def _own_errors(self, key: str) -> Iterator[None]:
        """Raise what the file system says as an error of ours; FileNotFoundError where only the file is missing."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError):
            if not self.root.is_dir():
                raise RegistryNotFound(f"The directory {self.root} does not exist: check MODEL_URI.") from None
            raise FileNotFoundError from None
        except PermissionError as error:
            raise RegistryAccessDenied(f"{self.root / key} may not be read: check its owner and mode.") from error
        except OSError as error:
            raise RegistryUnreachable(
                f"{self.root / key} cannot be read: {error.strerror}. Check the disk, and the directory in MODEL_URI."
            ) from error
