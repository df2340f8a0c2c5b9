"""A registry in a directory: the same layout and promises as on S3, without AWS."""

import hashlib
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

from handler.errors.model import RegistryAccessDenied, RegistryNotFound, RegistryUnreachable
from handler.registry.store import Blob, NotModified


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
            data = (self.root / key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            if not self.root.is_dir():
                raise RegistryNotFound(f"The directory {self.root} does not exist: check MODEL_URI.") from None
            return None
        except PermissionError as error:
            raise RegistryAccessDenied(f"{self.root / key} may not be read: check its owner and mode.") from error
        except OSError as error:
            raise RegistryUnreachable(f"{self.root / key} cannot be read: {error.strerror}.") from error
        return Blob(data, hashlib.sha256(data).hexdigest())

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        blob = self.get(key)
        return NotModified() if blob is not None and blob.etag == etag else blob
