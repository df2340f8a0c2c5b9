"""The rows of a Parquet file, as its columns are typed."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handler.records.signature import Feature
from training.data.table.source import PARQUET_ROWS
from training.data.text.cells import is_text
from training.errors import InvalidTable
from training.scoring.reading.columns import Columns
from training.scoring.reading.table_chunk import Part

PAGE_BYTES = 1024 * 1024
"""How much of a column is read ahead. Without a bound, Arrow holds a whole row group, which may be the whole file."""


def parquet_schema(path: Path) -> Any:
    """The columns with their types; raises what Arrow raises."""
    with _opened(path) as file:
        return file.schema_arrow


def parquet_parts(path: Path, places: Sequence[int]) -> Iterator[Part]:
    """All rows, with the columns at `places`; raises what Arrow raises."""
    with _opened(path) as file:
        names = [file.schema_arrow.names[place] for place in places]
        for batch in file.iter_batches(batch_size=PARQUET_ROWS, columns=names):
            yield Part(batch.select(names), {})


def require_values(table: str, schema: Any, columns: Columns, features: Sequence[Feature]) -> None:
    """Raise InvalidTable where a feature's column holds what no request has."""
    for feature, place in zip(features, columns.features, strict=True):
        field = schema.field(columns.read[place])
        held = _unfit(field.type, feature)
        if held:
            raise InvalidTable(
                f"Column {feature.name!r} of {table} holds {held}, and the model takes a {feature.kind}: write what "
                "the model was fitted to."
            )


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pyarrow.parquet as parquet

    with parquet.ParquetFile(path, buffer_size=PAGE_BYTES, pre_buffer=False) as file:
        yield file


def _unfit(arrow_type: Any, feature: Feature) -> str | None:
    """What a column of this type holds, where the feature can have no such values."""
    from pyarrow import types

    if types.is_dictionary(arrow_type):
        arrow_type = arrow_type.value_type
    if types.is_temporal(arrow_type):
        # `train` takes dates for texts where it is told to; see training.data.columns.category.
        return None if feature.kind == "category" and not feature.is_coded else "dates or times"
    simple = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_null, is_text)
    return None if any(is_of(arrow_type) for is_of in simple) else f"values of the type {arrow_type}"
