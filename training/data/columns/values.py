"""Reads the values of a table's columns into compact arrays, part by part: 8 bytes a number, 4 bytes a category.

The second pass of `training.data.columns.reading`, once `training.data.table.survey` has found the kinds.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handler.registry.manifest import Kind
from training.data.table.source import TableSource
from training.data.text.cells import is_text, without_gaps
from training.data.text.numbers import NumberForm

if TYPE_CHECKING:
    import pyarrow as pa

NO_VALUE = -1
"""The code of a gap in a column of categories."""


@dataclass(frozen=True)
class ColumnValues:
    """float64 with NaN for gaps, or int32 places in `categories`, which are in alphabetical order, -1 for gaps.

    `merged` has, for each category that the file spells in several ways, all of its spellings.
    """

    values: NDArray[Any]
    categories: tuple[str, ...] = ()
    merged: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wanted:
    """How a column is read. Categories for which `sameness` gives the same are one."""

    kind: Kind
    sameness: Callable[[str], Hashable] | None = None


def read_values(
    source: TableSource, wanted: Mapping[str, Wanted], keep: NDArray[np.bool_] | None
) -> dict[str, ColumnValues]:
    """The columns named in `wanted`, each whole; of the rows that `keep` marks, where it is given.

    Raises InvalidTable where the file cannot be read.
    """
    import pyarrow as pa

    gaps = pa.array(source.gaps, pa.string())
    among_numbers = pa.array([*source.gaps, *source.form.not_missing], pa.string())
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in wanted}
    codes: dict[str, dict[str, int]] = {name: {} for name, how in wanted.items() if how.kind == "category"}
    start = 0
    for batch in source.batches("Reading the values"):
        stop = start + batch.num_rows
        kept = batch if keep is None else batch.filter(pa.array(keep[start:stop]))
        for name, how in wanted.items():
            column = without_gaps(kept.column(name), among_numbers if how.kind == "number" else gaps)
            parts[name].append(
                _numbers(column, source.form.numbers) if how.kind == "number" else _codes(column, codes[name])
            )
        start = stop
    pa.default_memory_pool().release_unused()  # Arrow would keep it for a next table, and the fit needs it
    # Popped as they are joined, so that the parts and the whole of all columns never stand side by side.
    return {
        name: _joined(np.concatenate(parts.pop(name)), codes.get(name), how.sameness) for name, how in wanted.items()
    }


def _numbers(column: "pa.Array", form: NumberForm) -> NDArray[np.float64]:
    import pyarrow as pa

    if is_text(column.type):
        column = form.plain(column)
    numbers = np.array(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers


def _codes(column: "pa.Array", known: dict[str, int]) -> NDArray[np.int32]:
    """Places in `known`, which grows by what is new: in the order of the first appearance."""
    import pyarrow as pa

    encoded = column.cast(pa.string()).dictionary_encode()
    places = [known.setdefault(value, len(known)) for value in encoded.dictionary.to_pylist()]
    indexes = encoded.indices.fill_null(len(places)).to_numpy(zero_copy_only=False)
    chosen: NDArray[np.int32] = np.array([*places, NO_VALUE], dtype=np.int32)[indexes]
    return chosen


def _joined(
    values: NDArray[Any], codes: Mapping[str, int] | None, sameness: Callable[[str], Hashable] | None
) -> ColumnValues:
    if codes is None:
        return ColumnValues(values)
    groups: dict[Hashable, list[str]] = {}
    for spelling in codes:
        groups.setdefault(sameness(spelling) if sameness else spelling, []).append(spelling)
    named = {min(group, key=_shortest): sorted(group) for group in groups.values()}
    names = sorted(named)
    place = np.empty(len(codes) + 1, dtype=np.int32)
    for index, name in enumerate(names):
        place[[codes[spelling] for spelling in named[name]]] = index
    place[NO_VALUE] = NO_VALUE
    merged = {name: tuple(group) for name, group in named.items() if len(group) > 1}
    return ColumnValues(place[values], tuple(names), merged)


def _shortest(spelling: str) -> tuple[int, int, str]:
    """Of equal values the shortest spelling names them; of equally long ones, that with the fewest capitals."""
    return len(spelling), sum(map(str.isupper, spelling)), spelling
