"""The rows of a CSV, those among them too that cannot be read: each of these keeps its place, and has its reason.

All cells come as text. Bytes that are no UTF-8 become a mark on their way, so that they cost their row alone.
"""

import codecs
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from handler.errors.base import Problem
from handler.errors.request import InvalidFeatures, UndecodableBody
from handler.scoring.outcome import Refusal
from training.data.table.local_file import LocalFile
from training.data.table.source import CsvForm
from training.data.table.unreadable import BLOCK_BYTES, not_encoded
from training.errors import InvalidTable
from training.scoring.reading.table_chunk import Part

if TYPE_CHECKING:
    import pyarrow as pa

MARK = "\ufdd0"
"""Stands for bytes that are no UTF-8. Unicode keeps this code point from ever being a character (The Unicode Standard,
23.7, "Noncharacters")."""

SMALL_BLOCK_BYTES = 1024 * 1024
"""Arrow reads up to 32 blocks ahead, and parses those that fit into a processor's cache three times as fast."""

FIRST_ROW = 2
"""Arrow's number of the first row after the line of names. It counts no empty lines."""


def csv_names(file: LocalFile, form: CsvForm) -> list[str]:
    """The names in the first line of the file; raises InvalidTable, and what Arrow raises."""
    import pyarrow as pa

    with file.stream() as stream:
        start = stream.read(SMALL_BLOCK_BYTES)
        if b"\n" not in start:
            start += stream.read(BLOCK_BYTES - len(start))
    start = _Decoder(form.encoding)(start)
    names = list(_reader(pa.BufferReader(start), form, BLOCK_BYTES, _Faults()).schema.names)
    if any(MARK in each for each in names):
        raise InvalidTable(not_encoded(file.name, form.encoding))
    return names


def csv_parts(file: LocalFile, form: CsvForm, names: Sequence[str], places: Sequence[int]) -> Iterator[Part]:
    """All rows after the line of names, with the columns at `places`; raises what Arrow raises."""
    import pyarrow as pa

    read = [names[place] for place in places]
    given = 0
    try:
        for part in _parts(file, form, SMALL_BLOCK_BYTES, read):
            given += part.batch.num_rows
            yield part
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
    else:
        return
    # A row is longer than a small block: from there on in larger ones.
    here = 0
    for part in _parts(file, form, BLOCK_BYTES, read):
        skipped = min(max(given - here, 0), part.batch.num_rows)
        here += part.batch.num_rows
        if skipped < part.batch.num_rows:
            unread = {place - skipped: refusal for place, refusal in part.unread.items() if place >= skipped}
            yield Part(part.batch.slice(skipped), unread)


def _parts(file: LocalFile, form: CsvForm, block: int, names: Sequence[str]) -> Iterator[Part]:
    import pyarrow as pa

    decoder, faults = _Decoder(form.encoding), _Faults()
    here = 0
    reader = _reader(pa.TransformInputStream(file.stream(), decoder), form, block, faults, names)
    for batch in reader:
        part = faults.put_back(batch, here)
        here += part.batch.num_rows
        yield _without_marks(part) if decoder.found else part
    rest = faults.put_back(pa.RecordBatch.from_pylist([], reader.schema), here)
    if rest.batch.num_rows:
        yield rest


def _reader(stream: Any, form: CsvForm, block: int, faults: "_Faults", names: Sequence[str] = ()) -> Any:
    """Reads a stream of UTF-8: the columns `names`, or all, as text."""
    import pyarrow as pa
    from pyarrow import csv

    # One thread: with several, Arrow does not say where a row is that it leaves out.
    read = csv.ReadOptions(block_size=block, use_threads=False)
    parse = csv.ParseOptions(delimiter=form.delimiter, newlines_in_values=True, invalid_row_handler=faults.add)
    as_text = csv.ConvertOptions(strings_can_be_null=True, null_values=[""])
    if names:
        as_text.include_columns = list(names)
        as_text.column_types = dict.fromkeys(names, pa.string())
    return csv.open_csv(stream, read, parse, as_text)


class _Decoder:
    """Makes UTF-8 of the bytes of a file, block by block. What is no UTF-8 where it should be becomes MARK; `found`
    says whether there was any. Raises UnicodeError over another encoding, and LookupError where there is none."""

    def __init__(self, encoding: str) -> None:
        self.found = False
        self._is_utf8 = codecs.lookup(encoding).name == "utf-8"
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogateescape" if self._is_utf8 else "strict")

    def __call__(self, buffer: Any) -> bytes:
        data = bytes(buffer)
        if self._is_utf8 and data and data.isascii() and not self._decoder.getstate()[0]:
            return data
        text = self._decoder.decode(data, final=not data)
        try:
            return text.encode()
        except UnicodeEncodeError:
            self.found = True
            return re.sub("[\udc80-\udcff]+", MARK, text).encode()


class _Faults:
    """The rows that have more or fewer values than there are names, until they are put back in their places."""

    def __init__(self) -> None:
        self._found: deque[tuple[int, Refusal]] = deque()

    def add(self, row: Any) -> str:
        refusal = _of_other_length(row.expected_columns, row.actual_columns)
        self._found.append(((row.number or 0) - FIRST_ROW, refusal))
        return "skip"

    def put_back(self, batch: "pa.RecordBatch", first: int) -> Part:
        """The batch, whose first row or what is missing before it has the place `first`, with rows of nulls for those
        that were left out of it or right after it."""
        import pyarrow as pa

        unread: dict[int, Refusal] = {}
        while self._found and self._found[0][0] - first - len(unread) <= batch.num_rows:
            place, refusal = self._found.popleft()
            unread[place - first] = refusal
        if not unread:
            return Part(batch, {})
        taken = np.ones(batch.num_rows + len(unread), dtype=np.bool_)
        taken[list(unread)] = False
        return Part(batch.take(pa.array(np.cumsum(taken) - 1, mask=~taken)), unread)


def _without_marks(part: Part) -> Part:
    """The same, where each row with a mark is unread, and the mark is what stands for an unknown character."""
    import pyarrow as pa
    from pyarrow import compute

    unread = dict(part.unread)
    columns = []
    for column in part.batch.columns:
        marked = compute.fill_null(compute.match_substring(column, MARK), fill_value=False)
        if marked.true_count:
            unread.update(dict.fromkeys(np.flatnonzero(marked.to_numpy(zero_copy_only=False)).tolist(), _undecodable()))
            column = compute.replace_substring(column, MARK, "\ufffd")
        columns.append(column)
    return Part(pa.RecordBatch.from_arrays(columns, schema=part.batch.schema), unread)


def _of_other_length(expected: int, got: int) -> Refusal:
    problem = f"expected {expected} values as in the line of names, got {got}"
    return Refusal.of(InvalidFeatures(f"The row cannot be read: {problem}.", (Problem(0, None, problem),)))


def _undecodable() -> Refusal:
    return Refusal.of(
        UndecodableBody("The row must be UTF-8; where the whole table has another encoding, name it with --encoding.")
    )
