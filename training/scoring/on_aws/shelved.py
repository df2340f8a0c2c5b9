"""Keeps of a chunk, while it is scored elsewhere, what does not go there: the columns that are carried through.

They lie in a temporary folder, so that memory stays flat however many chunks there are.
"""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training.scoring.chunk import ChunkValues
from training.scoring.writing.job import Part

if TYPE_CHECKING:
    from handler.records.signature import Feature

ROWS = "row"
"""The first column of a file, whatever the kept ones are called."""


@dataclass(frozen=True)
class Shelved:
    """A chunk of `count` rows, of which the file at `path` has the places and the kept columns."""

    number: int
    count: int
    path: Path

    def read(self, features: "tuple[Feature, ...]") -> ChunkValues:  # noqa: ARG002 - as any chunk is read
        """The rows with their kept columns. Their values are where they are scored, so `sent` gives none."""
        import pyarrow as pa

        with pa.memory_map(str(self.path)) as source, pa.ipc.open_file(source) as reader:
            table = reader.read_all()
        rows = table.column(0).to_numpy()
        return ChunkValues(rows, table.select(range(1, table.num_columns)), None, None, {}, _nothing)


def shelved(part: Part, values: ChunkValues, folder: Path) -> Part:
    """`part`, of whose chunk `values` were read, with a chunk in its place that holds no rows in memory."""
    import pyarrow as pa

    path = folder / f"{part.name}.arrow"
    kept = values.kept.columns if values.kept.num_columns else []
    names = [ROWS, *(values.kept.column_names if kept else [])]
    table = pa.table([pa.array(values.rows), *kept], names=names)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return dataclasses.replace(part, chunk=Shelved(part.chunk.number, part.chunk.count, path))


def _nothing(_: int) -> Any:
    return None
