"""Reads the values of a table's columns into compact arrays, part by part: 8 bytes a number, 4 bytes a category.

The second pass of `training.table`, once `training.table_survey` has found the kinds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handler.manifest import Kind
from training.table_source import TableSource

if TYPE_CHECKING:
    import pyarrow as pa

NO_VALUE = -1
"""The code of a gap in a column of categories."""


@dataclass(frozen=True)
class ColumnValues:
    """float64 with NaN for gaps, or int32 places in `categories`, which are in alphabetical order, -1 for gaps."""

    values: NDArray[Any]
    categories: tuple[str, ...] = ()


def read_values(
    source: TableSource, kinds: Mapping[str, Kind], keep: NDArray[np.bool_] | None
) -> dict[str, ColumnValues]:
    """The columns named in `kinds`, each whole; of the rows that `keep` marks, where it is given.

    Raises InvalidTable where the file cannot be read.
    """
    import pyarrow as pa

    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in kinds}
    codes: dict[str, dict[str, int]] = {name: {} for name, kind in kinds.items() if kind == "category"}
    start = 0
    for batch in source.batches("Reading the values"):
        stop = start + batch.num_rows
        kept = batch if keep is None else batch.filter(pa.array(keep[start:stop]))
        for name, kind in kinds.items():
            column = kept.column(name)
            parts[name].append(_numbers(column) if kind == "number" else _codes(column, codes[name]))
        start = stop
    pa.default_memory_pool().release_unused()  # Arrow would keep it for a next table, and the fit needs it
    # Popped as they are joined, so that the parts and the whole of all columns never stand side by side.
    return {name: _joined(np.concatenate(parts.pop(name)), codes.get(name)) for name in kinds}


def _numbers(column: "pa.Array") -> NDArray[np.float64]:
    import pyarrow as pa

    numbers = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _codes(column: "pa.Array", known: dict[str, int]) -> NDArray[np.int32]:
    """Places in `known`, which grows by what is new: in the order of the first appearance."""
    import pyarrow as pa
    from pyarrow import types

    text = column.cast(column.type.value_type) if types.is_dictionary(column.type) else column
    encoded = text.cast(pa.string()).dictionary_encode()
    places = [known.setdefault(value, len(known)) for value in encoded.dictionary.to_pylist()]
    indexes = encoded.indices.fill_null(len(places)).to_numpy(zero_copy_only=False)
    chosen: NDArray[np.int32] = np.array([*places, NO_VALUE], dtype=np.int32)[indexes]
    return chosen


def _joined(values: NDArray[Any], codes: Mapping[str, int] | None) -> ColumnValues:
    if codes is None:
        return ColumnValues(values)
    names = sorted(codes)
    place = np.empty(len(names) + 1, dtype=np.int32)
    place[[codes[name] for name in names]] = np.arange(len(names))
    place[NO_VALUE] = NO_VALUE
    return ColumnValues(place[values], tuple(names))
