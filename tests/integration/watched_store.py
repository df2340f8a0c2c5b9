"""A real store that is told of each write before it is done: to let writers start together, or to end one half-way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from handler.registry.store import Blob, NotModified
from training.release.stores.writable import Progress, WritableStore, nobody


@dataclass
class WatchedStore:
    """All of `store`; `before_write` comes before each write and does nothing here."""

    store: WritableStore

    @property
    def uri(self) -> str:
        return self.store.uri

    def before_write(self) -> None:
        """Called before each write."""

    def get(self, key: str) -> Blob | None:
        return self.store.get(key)

    def get_unless(self, key: str, etag: str) -> Blob | NotModified | None:
        return self.store.get_unless(key, etag)

    def parts(self, key: str, length: int) -> Iterator[bytes] | None:
        return self.store.parts(key, length)

    def list(self, prefix: str) -> Iterator[str]:
        return self.store.list(prefix)

    def create(self, key: str, data: bytes) -> bool:
        self.before_write()
        return self.store.create(key, data)

    def replace(self, key: str, data: bytes, etag: str | None) -> bool:
        self.before_write()
        return self.store.replace(key, data, etag)

    def delete(self, key: str) -> None:
        self.before_write()
        self.store.delete(key)

    def last_written(self, prefix: str) -> datetime | None:
        return self.store.last_written(prefix)

    def create_from(self, key: str, file: Path, told: Progress = nobody) -> bool:
        self.before_write()
        return self.store.create_from(key, file, told)

    def digest(self, key: str) -> str | None:
        return self.store.digest(key)
