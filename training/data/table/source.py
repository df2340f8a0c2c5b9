"""Opens a CSV or Parquet file, on this machine or on S3, as a stream of Arrow record batches.

All cells of a CSV come as text, so that a kind is decided by the whole column and not by its first block. No module
imports pyarrow at its top: commands that read no table do not pay for it.
"""

import contextlib
import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.data.table.fetching import fetch
from training.data.table.index import index_columns
from training.data.table.unreadable import BLOCK_BYTES, as_invalid
from training.data.text.cells import trimmed, trimmed_name
from training.data.text.numbers import PLAIN, NumberForm
from training.errors import InvalidTable

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET_ROWS = 65_536
"""How much of a Parquet file is in memory at a time."""

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "null", "NULL")
"""What stands for a gap in a CSV. `--missing TEXT` adds to it."""

PARQUET_SUFFIXES = (".parquet", ".pq")


@dataclass(frozen=True)
class CsvForm:
    """How a CSV is written: its delimiter, its encoding, what stands for a gap beside MISSING, and its numbers.

    `not_missing` are texts of MISSING that are values, except in a column of numbers, where they stay gaps. `missing`,
    `numbers` and `not_missing` hold for the texts of a Parquet file too.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    missing: tuple[str, ...] = ()
    numbers: NumberForm = PLAIN
    not_missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSource:
    """A table in a local file; `name` is what the person called it, `sha256` the digest of the file's bytes."""

    name: str
    path: Path
    sha256: str
    form: CsvForm

    @property
    def is_parquet(self) -> bool:
        return is_parquet(self.name)

    @property
    def gaps(self) -> tuple[str, ...]:
        """The texts that stand for a gap: a Parquet file marks its gaps, so there only those that were named."""
        missing = tuple(text.strip() for text in self.form.missing)
        if self.is_parquet:
            return missing
        return (*(text for text in MISSING if text not in self.form.not_missing), *missing)

    def names(self) -> list[str]:
        """The columns' names without outer spaces, repeated ones too; raises InvalidTable."""
        with self._reader() as (schema, _):
            return [trimmed_name(name) for name in schema.names]

    def index_columns(self) -> tuple[str, ...]:
        """The columns that a Parquet file calls an index; none in a CSV. Raises InvalidTable."""
        if not self.is_parquet:
            return ()
        with self._reader() as (schema, _):
            return tuple(trimmed_name(name) for name in index_columns(schema.metadata, schema.names))

    def batches(self, what: str) -> "Iterator[pa.RecordBatch]":
        """The rows, part by part, trimmed, with a bar on a terminal that says `what`; raises InvalidTable."""
        import pyarrow as pa

        from training.console import bytes_progress  # rich, which a worker of a cluster need not have

        size = self.path.stat().st_size
        with self._reader() as (schema, batches), bytes_progress(what, size) as advance:
            names = [trimmed_name(name) for name in schema.names]
            read = 0
            while True:
                with self._as_invalid():
                    batch = next(batches, None)
                if batch is None:
                    return
                # Neither reader says how far it is in the file; the rows' size in memory is in proportion to it.
                read = min(size, read + batch.nbytes)
                advance(read)
                yield pa.RecordBatch.from_arrays([trimmed(column) for column in batch.columns], names)

    def _as_invalid(self) -> contextlib.AbstractContextManager[None]:
        return as_invalid(self.name, self.path, self.form.encoding, self.form.delimiter)

    @contextlib.contextmanager
    def _reader(self) -> "Iterator[tuple[pa.Schema, Iterator[pa.RecordBatch]]]":
        with contextlib.ExitStack() as stack:
            with self._as_invalid():
                opened = self._open_parquet(stack) if self.is_parquet else self._open_csv(stack)
            yield opened

    def _open_parquet(self, stack: contextlib.ExitStack) -> "tuple[pa.Schema, Iterator[pa.RecordBatch]]":
        import pyarrow.parquet as parquet

        file = stack.enter_context(parquet.ParquetFile(self.path))
        return file.schema_arrow, file.iter_batches(batch_size=PARQUET_ROWS)

    def _open_csv(self, stack: contextlib.ExitStack) -> "tuple[pa.Schema, Iterator[pa.RecordBatch]]":
        import pyarrow as pa
        from pyarrow import csv

        read = csv.ReadOptions(block_size=BLOCK_BYTES, encoding=self.form.encoding)
        parse = csv.ParseOptions(delimiter=self.form.delimiter, newlines_in_values=True)
        as_text = csv.ConvertOptions(strings_can_be_null=True, null_values=[""])
        with csv.open_csv(self.path, read, parse) as first:
            names = list(first.schema.names)
        as_text.column_types = dict.fromkeys(names, pa.string())
        reader = stack.enter_context(csv.open_csv(self.path, read, parse, as_text))
        return reader.schema, iter(reader)


def is_parquet(name: str) -> bool:
    """Whether a file of this name is read as Parquet; any other is read as CSV."""
    return name.lower().endswith(PARQUET_SUFFIXES)


@contextlib.contextmanager
def open_table(uri: str, form: CsvForm) -> Iterator[TableSource]:
    """The table at `uri`, a path or `s3://bucket/key`; one on S3 is fetched to a file that is gone at the end.

    Raises InvalidTable where it cannot be read.
    """
    if not uri.startswith("s3://"):
        path = Path(uri).expanduser()
        if not path.is_file():
            raise InvalidTable(f"There is no file {uri}: give the path of a CSV or Parquet file, or s3://bucket/key.")
        yield TableSource(uri, path, sha256_of(path), form)
        return
    with tempfile.TemporaryDirectory(prefix="table-") as folder:
        path = Path(folder, "table")
        fetch(uri, path)
        yield TableSource(uri, path, sha256_of(path), form)


def sha256_of(path: Path) -> str:
    """The digest of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
