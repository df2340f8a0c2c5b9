"""Finds out what each column of a table holds, in one pass over all of its rows.

A column holds numbers where every value present is one, booleans where the values are two opposite words, dates where
every value is one, and texts otherwise. What it is then used as is not decided here.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from training.data.table.source import TableSource
from training.data.text.cells import gap_texts, is_text, without_gaps
from training.data.text.delimiter import delimiter_hint
from training.data.text.numbers import may_be_numbers
from training.errors import InvalidTable

if TYPE_CHECKING:
    import pyarrow as pa

Content = Literal["numbers", "booleans", "texts", "dates", "nothing", "other"]

MAX_COLUMNS = 2000
"""Rows travel by name in JSON, and each feature's statistics in the manifest, which every cold start parses."""

MAX_CATEGORIES = 1000
"""The manifest lists a category's values, and the function looks each request up in them."""

MAX_CELLS = 60_000_000
"""Two copies of so many values, as Python objects where a category is among them, fit into some 4 GiB."""

BOOLEANS = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"})
DATE_FORMATS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S")
OTHER_TEXT = 3
"""How many of the values that are no numbers are kept, to be shown."""


@dataclass
class ColumnSurvey:
    """What is known of one column; filled batch by batch.

    `not_numbers` are the first texts that are no numbers as they stand, `words` those of them that are none without
    marks either. `gap_texts` counts the texts that were taken for gaps, `kept` the rows of texts that were not, though
    they would be among numbers.
    """

    name: str
    source: TableSource
    rows: int = 0
    gaps: int = 0
    numbers: int = 0
    dates: int = 0
    values: set[str] = field(default_factory=set)
    too_many: bool = False
    not_numbers: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    gap_texts: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    typed: Content | None = None
    whole: bool = True
    distinct: set[float] = field(default_factory=set)

    @property
    def present(self) -> int:
        return self.rows - self.gaps

    @property
    def content(self) -> Content:
        """What the values are; "nothing" where every one is missing."""
        if not self.present:
            return "nothing"
        if self.typed is not None:
            return self.typed
        if self.numbers and self.numbers + self.kept == self.present:
            return "numbers"
        if self.dates == self.present:
            return "dates"
        return "booleans" if {value.lower() for value in self.values} in BOOLEANS else "texts"

    @property
    def marked(self) -> list[str]:
        """Texts that could be numbers but for their marks, where all the others are numbers too, or few words."""
        if self.content != "texts" or self.typed is not None or len(self.words) >= OTHER_TEXT:
            return []
        return [text for text in self.not_numbers if text not in self.words]

    def look(self, column: "pa.Array", gaps: "pa.Array") -> None:
        """Take one more part of the column into account; a text that is one of `gaps` is none."""
        import pyarrow as pa

        self.rows += len(column)
        self.gap_texts.update(gap_texts(column, gaps))
        column = without_gaps(column, gaps)
        self.gaps += column.null_count
        self.typed = self.typed or _typed(column.type)
        if self.typed == "numbers":
            self._count_numbers(column.cast(pa.float64(), safe=False))
        elif self.typed in (None, "booleans"):
            self._look_at_text(column.cast(pa.string()).drop_null())

    def _look_at_text(self, text: "pa.Array") -> None:
        import pyarrow as pa
        from pyarrow import compute

        different = text.unique()
        if not self.too_many:
            self.values.update(different[: MAX_CATEGORIES + 1].to_pylist())
            # Of a number only a few values are kept; a category with more than the limit is refused anyhow.
            self.too_many = len(self.values) > MAX_CATEGORIES
        if self.typed is not None:
            return
        earlier = self.rows - self.gaps - len(text)
        if len(self.words) < OTHER_TEXT:
            are_numbers = compute.match_substring_regex(text, self.source.form.numbers.pattern)
            numbers = text
            if are_numbers.true_count < len(text):
                numbers = text.filter(are_numbers)
                self._look_at_others(text.filter(compute.invert(are_numbers)))
            self.numbers += len(numbers)
            self._count_numbers(self.source.form.numbers.plain(numbers).cast(pa.float64()))
        if self.dates == earlier:
            self.dates += _dates(text)

    def _look_at_others(self, others: "pa.Array") -> None:
        import pyarrow as pa
        from pyarrow import compute

        kept = compute.is_in(others, pa.array(self.source.form.not_missing, pa.string()))
        self.kept += kept.true_count
        others = others.filter(compute.invert(kept)).unique()
        _add(self.not_numbers, others)
        _add(self.words, others.filter(compute.invert(may_be_numbers(others))))

    def _count_numbers(self, numbers: "pa.Array") -> None:
        from pyarrow import compute

        if self.whole:
            self.whole = bool(compute.all(compute.equal(numbers, compute.floor(numbers))).as_py() in (True, None))
        if len(self.distinct) <= MAX_CATEGORIES:
            self.distinct.update(numbers.unique().drop_null().to_pylist()[: MAX_CATEGORIES + 1])


def survey(source: TableSource, dropped: Sequence[str], needed: Sequence[str]) -> tuple[ColumnSurvey, ...]:
    """What each column holds, but for those dropped; raises InvalidTable where the table as a whole cannot be used.

    `needed` are names that must be there: the target's, and those whose kind was given.
    """
    import pyarrow as pa

    names = source.names()
    _require_names(source, names, dropped, needed)
    gaps = pa.array(source.gaps, pa.string())
    columns = {name: ColumnSurvey(name, source) for name in names if name not in dropped}
    rows = 0
    for batch in source.batches("Finding the kinds of the columns"):
        rows += batch.num_rows
        for name, column in columns.items():
            column.look(batch.column(name), gaps)
    if rows == 0:
        raise InvalidTable(f"{source.name} has a line of names, but no rows.")
    return tuple(columns.values())


def _require_names(source: TableSource, names: list[str], dropped: Sequence[str], needed: Sequence[str]) -> None:
    if "" in names and "" not in dropped:
        place = names.index("")
        raise InvalidTable(
            f"Column {place + 1} of {source.name} has no name"
            + (", as the index that pandas writes has none" if place == 0 else "")
            + ": leave it out with --drop '', or write a name into the first line."
        )
    marked = next((name for name in names if name[:1] == name[-1:] == '"'), None)
    if marked is not None and not source.is_parquet:
        raise InvalidTable(
            f"{source.name} has a column {marked}, with its quotation marks: leave no space between a delimiter and a "
            "quotation mark."
        )
    names = [name for name in names if name]
    doubled = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if doubled:
        raise InvalidTable(f"{source.name} has two columns named {doubled[0]!r}: rename one.")
    absent = [name for name in (*needed, *dropped) if name and name not in names]
    if absent:
        hint = delimiter_hint(names[0]) if len(names) == 1 and not source.is_parquet else ""
        shown = ", ".join(map(repr, names[:20])) + (", …" if len(names) > 20 else "")
        raise InvalidTable(f"{source.name} has no column {absent[0]!r}; it has {shown}.{hint}")
    if len(names) - len(dropped) > MAX_COLUMNS + 1:
        raise InvalidTable(
            f"{source.name} has {len(names):,} columns; a model here takes up to {MAX_COLUMNS:,} features. Choose "
            "among them before, or leave some out with --drop."
        )


def _typed(arrow_type: Any) -> Content | None:
    """What a typed column holds by its type; None for text, which must be looked at (a CSV is all text)."""
    from pyarrow import types

    if types.is_boolean(arrow_type):
        return "booleans"
    if types.is_integer(arrow_type) or types.is_floating(arrow_type) or types.is_decimal(arrow_type):
        return "numbers"
    if types.is_temporal(arrow_type):
        return "dates"
    if is_text(arrow_type) or types.is_null(arrow_type):
        return None
    return "other"


def _add(known: list[str], texts: "pa.Array") -> None:
    """Add the first of `texts` to those `known`, up to OTHER_TEXT in all."""
    known[:] = [*dict.fromkeys([*known, *texts[:OTHER_TEXT].to_pylist()])][:OTHER_TEXT]


def _dates(text: "pa.Array") -> int:
    """How many of the values are dates of one and the same form; 0 where not all are."""
    import pyarrow as pa
    from pyarrow import compute

    try:
        compute.cast(text, pa.timestamp("us"))
    except pa.ArrowInvalid:
        for form in DATE_FORMATS:
            if compute.strptime(text, format=form, unit="s", error_is_null=True).null_count == 0:
                return len(text)
        return 0
    return len(text)
