"""Opens the store that a URI names, to write to it. To add a scheme: its writing store, and a line in STORES."""

from collections.abc import Callable, Mapping

from handler.registry.schemes import open_with
from training.release.stores.directory_store import WritableDirectoryStore
from training.release.stores.s3_store import WritableS3Store
from training.release.stores.writable import WritableStore

STORES: Mapping[str, Callable[[str], WritableStore]] = {
    "s3://bucket/prefix": WritableS3Store.from_uri,
    "file:///…": WritableDirectoryStore.from_uri,
    "a directory": WritableDirectoryStore.from_uri,
}
"""As `handler.registry.schemes.STORES`, for writing."""


def open_writable_store(uri: str) -> WritableStore:
    """The place that `uri` names, to write to; raises InvalidSettings where the URI has no known form."""
    return open_with(STORES, uri)
