"""A place that keeps small files under keys: a directory, or a prefix of an S3 bucket.

`handler.registry.chain` reads through it and knows nothing of files or S3. `training.release.stores.writable` adds the
writing half. The keys are relative to one model's root. This file has the protocol, the directory form and the choice
between the two; `handler.registry.s3` has the S3 form, and is imported only when a URI asks for it.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from handler.errors.model import InvalidSettings, RegistryAccessDenied, RegistryNotFound, RegistryUnreachable


@dataclass(frozen=True)
class Blob:
    """The bytes under a key, with the tag that changes whenever they do."""

    data: bytes
    etag: str


class NotModified:
    """The answer that what is under a key still has the tag that one knows."""


class Store(Protocol):
    """Reads bytes by key."""

    @property
    def uri(self) -> str:
        """What a person would call this place."""

    def get(self, key: str) -> Blob | None:
        """What is under `key`, or None where nothing is; raises a RegistryError where the place does not answer."""

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        """The same as `get`, but NotModified, with no bytes read, where what is under `key` has this tag."""


class DirectoryStore:
    """A registry in a directory: the same layout and promises as on S3, with no AWS at all."""

    def __init__(self, root: Path) -> None:
        self.root = root

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


def directory_of(uri: str) -> Path | None:
    """The directory that `uri` names, or None where it is an S3 URI; raises InvalidSettings on any other scheme."""
    try:
        if "://" not in uri:
            return _path(uri).expanduser()
        parts = urlsplit(uri)
        if parts.scheme == "file" and parts.netloc in ("", "localhost"):
            return _path(unquote(parts.path))
        if parts.scheme == "s3":
            return None
    except (ValueError, RuntimeError) as error:  # a wrong host, a NUL in it, ~somebody who is not there
        raise InvalidSettings(f"MODEL_URI cannot be read as one: {error}; it is {uri!r}.") from None
    raise InvalidSettings(f"MODEL_URI must be s3://bucket/prefix, file:///… or a directory; it is {uri!r}.")


def _path(text: str) -> Path:
    if "\0" in text:
        raise ValueError("a path cannot hold a NUL")
    return Path(text)


def s3_place(uri: str) -> tuple[str, str]:
    """The bucket and the prefix (no slash at either end) of an `s3://` URI; raises InvalidSettings without either."""
    parts = urlsplit(uri)
    prefix = parts.path.strip("/")
    if not parts.netloc or not prefix:
        raise InvalidSettings(f"MODEL_URI must name a bucket and a prefix, as in s3://bucket/iris; it is {uri!r}.")
    return parts.netloc, prefix


def open_store(uri: str) -> Store:
    """The place that `uri` names. Opening reads nothing; raises InvalidSettings where the URI has no such form."""
    directory = directory_of(uri)
    if directory is not None:
        return DirectoryStore(directory)
    # Only a registry on S3 needs the AWS SDK, whose import is a good part of a cold start.
    from handler.registry.s3 import S3Store

    return S3Store(*s3_place(uri))
