"""Columns of categories: a text each, read as places in the list of all texts.

Booleans are categories too, spelled as in the file (true and false in Parquet), so that a client sends what stands in
the data.
"""

import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from training.console import quoted
from training.data.columns.kind import ColumnKind, ColumnReader, ColumnValues
from training.data.columns.marks import MANY, Marks, advice_on, are_numbers, marks_of, options
from training.data.columns.notes import gap_texts, spelling_notes
from training.data.dataset import NO_VALUE, CategoryColumn
from training.data.table.survey import MAX_CATEGORIES, OTHER_TEXT, ColumnSurvey
from training.data.text.cells import without_gaps
from training.data.text.numbers import PLAIN
from training.errors import InvalidTable

if TYPE_CHECKING:
    import pyarrow as pa


class Category(ColumnKind):
    name = "category"
    contents = ("texts", "booleans")
    column = CategoryColumn

    def require(self, column: ColumnSurvey) -> None:
        drop = f"--drop {quoted(column.name)}"
        if column.too_many and column.content == "texts" and len(column.words) < OTHER_TEXT and column.words:
            shown = ", ".join(map(repr, column.words))
            raise InvalidTable(
                f"Column {column.name!r} holds numbers, but also {shown}: if that is a gap, name it with --missing; "
                f"if not, leave the column out with {drop}."
            )
        if column.too_many or len(column.distinct) > MAX_CATEGORIES:
            raise InvalidTable(
                f"Column {column.name!r} has more than {MAX_CATEGORIES:,} different texts: it may be an identifier or "
                f"free text. Leave it out with {drop}, or group its values first."
            )
        if len(column.values) == column.present >= MANY:
            raise InvalidTable(
                f"Column {column.name!r} has a different text in each row, as an identifier does: leave it out with "
                f"{drop}."
            )

    def note(self, column: ColumnSurvey) -> str:
        require_unquoted(column)
        marks = marks_of(column)
        if marks is not None and are_numbers(column, marks):
            raise InvalidTable(f"Column {column.name!r} holds {advice_on(column, marks)}")
        self.require(column)
        return "boolean" if column.content == "booleans" else _not_numbers_note(column, marks)

    def reader(self, column: ColumnSurvey) -> ColumnReader:
        return _Categories(column)

    def details(self, column: ColumnSurvey, note: str, read: ColumnValues) -> tuple[str, ...]:
        gaps = f"{column.gaps:,} gaps" if column.gaps else ""
        if column.gap_texts:
            gaps += f" ({gap_texts(column)})"
        present, many = int(np.count_nonzero(read.values != NO_VALUE)), ""
        if present >= MANY and len(read.categories) > present / 2:
            drop = f"--drop {quoted(column.name)}"
            many = f"so many for {present:,} rows may only identify them: leave the column out with {drop}"
        return f"{len(read.categories)} values", gaps, note, *spelling_notes(read), many


def require_unquoted(column: ColumnSurvey) -> None:
    """Raise InvalidTable where the texts have quotation marks about them, as Arrow leaves them after a space."""
    if column.values and all(len(text) > 1 and text[0] == text[-1] == '"' for text in column.values):
        raise InvalidTable(
            f"Column {column.name!r} holds {min(column.values)}, with its quotation marks: leave no space between a "
            "delimiter and a quotation mark."
        )


def sameness(column: ColumnSurvey) -> Callable[[str], Hashable]:
    """What is the same for texts that are one category: numbers that are equal, booleans that differ in case alone."""
    if column.content == "booleans":
        return str.lower
    # Among other words a text such as 1e5 may be a code, and no number that equals 100000.
    if column.content != "numbers" and not (column.numbers and len(column.words) < OTHER_TEXT):
        return str
    form = column.source.form.numbers if column.typed is None else PLAIN
    number = re.compile(form.pattern)
    return lambda text: form.value(text) if number.search(text) else text


def _not_numbers_note(column: ColumnSurvey, marks: Marks | None) -> str:
    """Why a column that is nearly one of numbers became a category, and how it becomes a number."""
    shown = ", ".join(map(repr, column.words or column.not_numbers))
    if marks is not None and marks.rewrite:
        because = f"because of {shown}, all else are " if column.words and marks.forms else ""
        return f"{because}numbers with marks, as in {marks.example!r}: to read them as such, {marks.rewrite}"
    if marks is not None:
        how = " or ".join(map(options, marks.forms))
        if not column.words:
            return f"numbers with marks, as in {marks.example!r}: a number with {how}"
        missing = " ".join(f"--missing {quoted(word)}" for word in column.words)
        return (
            f"because of {shown}, all else are numbers with marks, as in {marks.example!r}: if that is a gap, "
            f"{missing} {how} makes the column a number"
        )
    if column.numbers and len(column.not_numbers) < OTHER_TEXT:
        missing = " ".join(f"--missing {quoted(text)}" for text in column.not_numbers)
        return f"because of {shown}, all else are numbers: if that is a gap, {missing} makes the column a number"
    return ""


class _Categories(ColumnReader):
    """Reads int32 places: at first in the order in which the texts appear, in the end in alphabetical order."""

    def __init__(self, column: ColumnSurvey) -> None:
        self._gaps = column.source.gaps
        self._sameness = sameness(column)
        self._places: dict[str, int] = {}

    def read(self, part: "pa.Array") -> NDArray[Any]:
        import pyarrow as pa

        encoded = without_gaps(part, pa.array(self._gaps, pa.string())).cast(pa.string()).dictionary_encode()
        places = [self._places.setdefault(text, len(self._places)) for text in encoded.dictionary.to_pylist()]
        indexes = encoded.indices.fill_null(len(places)).to_numpy(zero_copy_only=False)
        chosen: NDArray[np.int32] = np.array([*places, NO_VALUE], dtype=np.int32)[indexes]
        return chosen

    def whole(self, values: NDArray[Any]) -> ColumnValues:
        groups: dict[Hashable, list[str]] = {}
        for spelling in self._places:
            groups.setdefault(self._sameness(spelling), []).append(spelling)
        named = {min(group, key=_shortest): sorted(group) for group in groups.values()}
        names = sorted(named)
        place = np.empty(len(self._places) + 1, dtype=np.int32)
        for index, name in enumerate(names):
            place[[self._places[spelling] for spelling in named[name]]] = index
        place[NO_VALUE] = NO_VALUE
        merged = {name: tuple(group) for name, group in named.items() if len(group) > 1}
        return ColumnValues(place[values], tuple(names), merged)


def _shortest(spelling: str) -> tuple[int, int, str]:
    """Of equal values the shortest spelling names them; of equally long ones, that with the fewest capitals."""
    return len(spelling), sum(map(str.isupper, spelling)), spelling
