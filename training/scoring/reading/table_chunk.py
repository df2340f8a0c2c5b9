"""A chunk of a CSV or a Parquet file: its columns in Arrow's form, which are read where the chunk is scored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from handler.records.signature import Feature
from handler.scoring.outcome import Refusal
from training.scoring.chunk import ChunkValues
from training.scoring.reading.cells.values import CellForm, as_json, as_numbers, plain
from training.scoring.reading.columns import Columns

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Part:
    """Some rows, in order. Those of `unread`, by their place here, are rows of nulls in `batch`."""

    batch: "pa.RecordBatch"
    unread: Mapping[int, Refusal]


@dataclass(frozen=True)
class TableChunk:
    """Rows of a table from the place `first` on. Of `table`, whose columns may share memory with other chunks', only
    its own rows are pickled."""

    number: int
    first: int
    table: "pa.Table"
    columns: Columns
    form: CellForm
    unread: Mapping[int, Refusal]

    @property
    def count(self) -> int:
        return int(self.table.num_rows)

    def read(self, features: tuple[Feature, ...]) -> ChunkValues:
        """The rows, with the values of `features` as a request would have them."""
        table = self.table.combine_chunks()
        cells = [plain(_whole(table.column(place))) for place in self.columns.features]
        kept = table.select([])
        for name, place in self.columns.kept:
            kept = kept.append_column(name, plain(_whole(table.column(place))))
        rows = np.arange(self.first, self.first + self.count, dtype=np.int64)
        numbers = suspect = None
        if all(feature.kind == "number" for feature in features):
            numbers = np.empty((self.count, len(features)), dtype=np.float64)
            suspect = np.zeros(self.count, dtype=np.bool_)
            for place, column in enumerate(cells):
                numbers[:, place], unfit = as_numbers(column, self.form)
                suspect |= unfit
            suspect[list(self.unread)] = True
        return ChunkValues(rows, kept, numbers, suspect, self.unread, _Sent(cells, features, self.form))

    def __reduce__(self) -> tuple[Callable[..., "TableChunk"], tuple[Any, ...]]:
        import pyarrow as pa

        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, self.table.schema) as writer:
            writer.write_table(self.table)
        return _unpickled, (
            self.number,
            self.first,
            sink.getvalue().to_pybytes(),
            self.columns,
            self.form,
            dict(self.unread),
        )


def chunks_of(parts: Iterable[Part], rows: int, columns: Columns, form: CellForm) -> Iterator[TableChunk]:
    """The rows of all `parts`, `rows` at a time."""
    import pyarrow as pa

    held: list[pa.RecordBatch] = []
    unread: dict[int, Refusal] = {}
    count = number = 0
    for part in parts:
        unread.update({count + place: refusal for place, refusal in part.unread.items()})
        held.append(part.batch)
        count += part.batch.num_rows
        while count >= rows:
            table = pa.Table.from_batches(held)
            here = {place: refusal for place, refusal in unread.items() if place < rows}
            yield TableChunk(number, number * rows, table.slice(0, rows), columns, form, here)
            unread = {place - rows: refusal for place, refusal in unread.items() if place >= rows}
            held, count, number = table.slice(rows).to_batches(), count - rows, number + 1
            del table
    if count:
        yield TableChunk(number, number * rows, pa.Table.from_batches(held), columns, form, unread)


class _Sent:
    """The row at a place as a list in the model's order; the columns are made values of when the first is asked for."""

    def __init__(self, cells: "list[pa.Array]", features: tuple[Feature, ...], form: CellForm) -> None:
        self._cells, self._features, self._form = cells, features, form
        self._values: list[list[Any]] | None = None

    def __call__(self, place: int) -> list[Any]:
        if self._values is None:
            self._values = [
                as_json(column, feature, self._form)
                for column, feature in zip(self._cells, self._features, strict=True)
            ]
        return [column[place] for column in self._values]


def _whole(column: "pa.ChunkedArray") -> "pa.Array":
    import pyarrow as pa

    if column.num_chunks == 1:
        return column.chunk(0)
    return pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)


def _unpickled(
    number: int, first: int, rows: bytes, columns: Columns, form: CellForm, unread: dict[int, Refusal]
) -> TableChunk:
    import pyarrow as pa

    with pa.ipc.open_stream(rows) as reader:
        return TableChunk(number, first, reader.read_all(), columns, form, unread)
