"""Opens the store that a URI names. To add a scheme: its store in a file of its own, and a line in STORES.

That is enough to serve from it. To publish to it, `training.release.stores` has a writing store and a table like this.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from handler.errors.model import InvalidSettings
from handler.registry.directory_store import DirectoryStore
from handler.registry.store import Store

Opened = TypeVar("Opened")


def _s3_store(uri: str) -> Store:
    # Only a registry on S3 needs obstore, whose import is paid for on each cold start.
    from handler.registry.s3_store import S3Store

    return S3Store.from_uri(uri)


STORES: Mapping[str, Callable[[str], Store]] = {
    "s3://bucket/prefix": _s3_store,
    "file:///…": DirectoryStore.from_uri,
    "a directory": DirectoryStore.from_uri,
}
"""The forms of a URI as an error shows them, each with what opens it; the scheme is what stands before `://`."""


def open_store(uri: str) -> Store:
    """The place that `uri` names. Opening reads nothing; raises InvalidSettings where the URI has no known form."""
    return open_with(STORES, uri)


def open_with(stores: Mapping[str, Callable[[str], Opened]], uri: str) -> Opened:
    """What the entry of `stores` for the scheme of `uri` makes of it; raises InvalidSettings where it has none."""
    try:
        scheme = _scheme(uri)
        for form, opened in stores.items():
            if _scheme(form) == scheme:
                return opened(uri)
    except (ValueError, RuntimeError) as error:  # a wrong host, a NUL in it, ~somebody who is not there
        raise InvalidSettings(f"MODEL_URI cannot be read as one: {error}; it is {uri!r}.") from None
    *others, last = stores
    raise InvalidSettings(f"MODEL_URI must be {', '.join(others)} or {last}; it is {uri!r}.")


def _scheme(uri: str) -> str:
    """The scheme of `uri` with its `://`; empty for a path. The files of another host are no `file://`."""
    if "://" not in uri:
        return ""
    parts = urlsplit(uri)
    elsewhere = parts.scheme == "file" and parts.netloc not in ("", "localhost")
    return f"{parts.scheme}://{parts.netloc if elsewhere else ''}"
