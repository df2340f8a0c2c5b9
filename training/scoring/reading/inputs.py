"""The inputs of a run: files, objects on S3, and what stands in folders of either, each with a tag of its bytes."""

import contextlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from handler.records.signature import Feature
from training.data.table.source import CsvForm, sha256_of
from training.errors import InvalidTable
from training.errors import listed as listing
from training.scoring.chunk import Chunk, InputTag
from training.scoring.reading.files import SUFFIXES, chunks_of_file, require_columns, suffix_of
from training.scoring.reading.objects import etag_of, fetch_same, listed


@dataclass(frozen=True)
class TableInput:
    """One file of rows, read by `form` for a model of `features`; `keep` are the columns that are carried through.

    A file is known by its size and time when the run began, an object by its `etag`.
    """

    uri: str
    form: CsvForm = field(repr=False)
    features: tuple[Feature, ...] = field(repr=False)
    keep: tuple[str, ...]
    etag: str | None = None
    state: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        return self.uri.rpartition("/")[2]

    @cached_property
    def tag(self) -> InputTag:
        """The name, and the digest of a file's bytes or an object's ETag; raises InvalidTable."""
        if self.etag is not None:
            return InputTag(self.name, f"etag:{self.etag}")
        with self._unchanged() as path:
            return InputTag(self.name, f"sha256:{sha256_of(path)}")

    def chunks(self, rows: int) -> Iterator[Chunk]:
        """All of its rows, `rows` at a time. An object is fetched when the first is asked for, and gone after the last.

        Raises InvalidTable, after the last too: where the file was changed meanwhile.
        """
        with self._unchanged() as path:
            yield from chunks_of_file(self.uri, path, self.form, self.features, self.keep, rows)

    def require_columns(self) -> None:
        """Raise InvalidTable where a file here lacks a column; an object is not fetched for that."""
        if self.etag is None:
            require_columns(self.uri, _path(self.uri), self.form, self.features, self.keep)

    @contextlib.contextmanager
    def _unchanged(self) -> Iterator[Path]:
        if self.etag is not None:
            with tempfile.TemporaryDirectory(prefix="score-") as folder:
                path = Path(folder, "table")
                fetch_same(self.uri, self.etag, path)
                yield path
            return
        path = _path(self.uri)
        yield path
        if _state(self.uri, path) != self.state:
            raise InvalidTable(f"{self.uri} was changed while it was read: what was read of it may be of both.")


def open_inputs(
    uris: Sequence[str], form: CsvForm, features: tuple[Feature, ...], keep: Sequence[str] = ()
) -> tuple[TableInput, ...]:
    """The inputs at `uris`, in their order, and the files of a folder in the order of their names.

    Each is the path of a file or a folder, `s3://bucket/key`, or `s3://bucket/prefix/`. `keep` are names of columns, or
    `*` for all. Raises InvalidTable, where columns are missing too (on S3 only once the object is read), or a
    RegistryError.
    """
    inputs = tuple(
        TableInput(
            each,
            form,
            features,
            tuple(keep),
            etag,
            None if etag is not None else _state(each, _path(each)),
        )
        for uri in uris
        for each, etag in _found(uri)
    )
    _require_other_names(inputs)
    for each in inputs:
        each.require_columns()
    return inputs


def part_stem(name: str) -> str:
    """An input's name without its suffix, which the names of its parts begin with."""
    return name[: -len(suffix_of(name))]


def _found(uri: str) -> Iterator[tuple[str, str | None]]:
    """The files or objects that `uri` means, the latter with their ETags."""
    if uri.startswith("s3://"):
        if uri.endswith("/"):
            there = listed(uri)
            known = _known(uri, there.objects, there.folders)
            yield from ((each, there.objects[each]) for each in known)
        else:
            suffix_of(uri)
            yield uri, etag_of(uri)
        return
    path = _path(uri)
    if path.is_dir():
        entries = sorted(path.iterdir())
        folders = [each.name for each in entries if each.is_dir()]
        yield from ((each, None) for each in _known(uri, [str(each) for each in entries if not each.is_dir()], folders))
        return
    if not path.is_file():
        raise InvalidTable(f"There is no file or folder {uri}: give a path, s3://bucket/key or s3://bucket/prefix/.")
    suffix_of(uri)
    yield str(path), None


def _known(folder: str, files: Iterable[str], folders: Iterable[str]) -> list[str]:
    """The files but those that are hidden or mark something; raises InvalidTable where anything else is there."""
    seen = [each for each in files if not _is_mark(each.rpartition("/")[2])]
    others = [f"{name}/" for name in folders if not _is_mark(name)]
    others += [each.rpartition("/")[2] for each in seen if not each.lower().endswith(SUFFIXES)]
    if others:
        raise InvalidTable(
            f"{folder} holds {listing(others)}: a folder of parts has only files with a name in {', '.join(SUFFIXES)}. "
            "Give the parts one by one, or the folder that they are in."
        )
    if not seen:
        raise InvalidTable(f"{folder} holds no file with a name in {', '.join(SUFFIXES)}.")
    return seen


def _is_mark(name: str) -> bool:
    """Whether the name is of a file that is no part: hidden, or as Spark's `_SUCCESS`."""
    return name.startswith((".", "_"))


def _require_other_names(inputs: Sequence[TableInput]) -> None:
    first: dict[str, TableInput] = {}
    for each in inputs:
        other = first.setdefault(part_stem(each.name).lower(), each)
        if other is not each:
            raise InvalidTable(
                f"{other.uri} and {each.uri} would have parts of the same name: rename one, or score them into two "
                "places."
            )


def _path(uri: str) -> Path:
    return Path(uri).expanduser()


def _state(uri: str, path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise InvalidTable(f"{uri} cannot be read: {error.strerror}.") from error
    return found.st_size, found.st_mtime_ns
