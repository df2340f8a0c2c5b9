"""Columns of numbers: read as float64, with NaN for gaps."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from training.console import quoted
from training.data.columns.kind import ColumnKind, ColumnReader, ColumnValues
from training.data.columns.marks import MANY, advice_on, marks_of
from training.data.dataset import NumberColumn
from training.data.table.index import is_read_back
from training.data.table.source import TableSource
from training.data.table.survey import MAX_CATEGORIES, ColumnSurvey, Content
from training.data.text.cells import is_text, without_gaps
from training.errors import InvalidTable

if TYPE_CHECKING:
    import pyarrow as pa


class Number(ColumnKind):
    name = "number"
    contents: ClassVar[tuple[Content, ...]] = ("numbers",)
    column = NumberColumn

    def require(self, column: ColumnSurvey) -> None:
        if column.content == "numbers":
            return
        marks = marks_of(column)
        if marks is not None and not column.words:
            raise InvalidTable(f"Column {column.name!r} was to be a number, but holds {advice_on(column, marks)}")
        shown = ", ".join(map(repr, column.words or column.not_numbers)) or column.content
        raise InvalidTable(
            f"Column {column.name!r} was to be a number, but holds {shown}: if that stands for a gap, name it with "
            "--missing; if not, let the column be a category."
        )

    def note(self, column: ColumnSurvey) -> str:
        each = len(column.distinct) == column.present >= MANY
        many = len(column.distinct) > MAX_CATEGORIES and not column.gaps
        if not column.whole or not (each or many):
            return ""
        drop = f"--drop {quoted(column.name)}"
        if is_read_back(column.name):
            return f"whole numbers that look like an index written by pandas: leave the column out with {drop}"
        return f"whole numbers; if they only identify rows, leave the column out with {drop}"

    def reader(self, column: ColumnSurvey) -> ColumnReader:
        return _Numbers(column.source)

    def details(self, column: ColumnSurvey, note: str, read: ColumnValues) -> tuple[str, ...]:  # noqa: ARG002 - the survey knows enough
        gaps = column.gaps + column.kept
        return f"{gaps:,} gaps" if gaps else "", note


class _Numbers(ColumnReader):
    def __init__(self, source: TableSource) -> None:
        self._source = source

    def read(self, part: "pa.Array") -> NDArray[Any]:
        import pyarrow as pa

        form = self._source.form
        part = without_gaps(part, pa.array([*self._source.gaps, *form.not_missing], pa.string()))
        if is_text(part.type):
            part = form.numbers.plain(part)
        numbers = np.array(part.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
        numbers[~np.isfinite(numbers)] = np.nan
        return numbers
