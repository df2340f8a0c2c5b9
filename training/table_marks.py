"""What a column would be without the marks in its numbers, and which options read them.

`training.table_kinds` asks for a column of texts: one whose texts are numbers but for their marks is refused, because
as a category it would answer nothing but the very numbers that training saw.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.console import quoted
from training.number_spelling import PLAIN, NumberForm, forms_of, undecorated, unit_of
from training.table_cells import without_gaps
from training.table_source import TableSource
from training.table_survey import ColumnSurvey

if TYPE_CHECKING:
    import pyarrow as pa

MANY = 20
"""From so many rows or texts on, a pattern in a column's texts is taken for no accident."""

FLAG = 2
"""A column of so many different texts in fewer rows than MANY may be a flag, whatever is written in it."""


@dataclass(frozen=True)
class Marks:
    """`example` is a text with a mark. `removed` tells what of it no option reads, empty where there is nothing such.

    `forms` read all texts, without what is to be removed; there are none where each text has a unit.
    """

    example: str
    forms: tuple[NumberForm, ...]
    removed: str = ""


def options(form: NumberForm) -> str:
    """The options that ask for this form, as they are typed."""
    decimal = f"--decimal {quoted(form.decimal)}"
    thousands = "" if form.thousands is None else f"--thousands {quoted(form.thousands)}"
    return " ".join(part for part in (decimal if form.decimal != "." or not thousands else "", thousands) if part)


def marks_of(source: TableSource, column: ColumnSurvey) -> Marks | None:
    """The marks of a column whose texts are all numbers but for them, or but for few words; None for any other."""
    import pyarrow as pa

    if column.marked:
        # Of a column of more texts than a category may have only the first are kept, so that the file is read again.
        known: Iterable[pa.Array] = [pa.array(sorted(column.values), pa.string())]
        others = (*column.words, *source.form.not_missing)
        forms = forms_of(_texts(source, column.name) if column.too_many else known, others)
        return Marks(column.marked[0], forms, _removed(column.marked)) if forms else None
    unit = unit_of(column.values) if column.found == "category" and column.typed is None else None
    return Marks(min(column.values), (), f"{unit!r}") if unit else None


def are_numbers(column: ColumnSurvey, marks: Marks) -> bool:
    """Whether the column is no category: each text has its number, and they are too many for a flag or for grades."""
    if not marks.forms:
        return len(column.values) > MANY
    if column.words:
        return False
    return column.present >= MANY or len(column.values) > FLAG


def what_to_do(marks: Marks, column: ColumnSurvey, form: NumberForm, keep: str, drop: str = "") -> str:
    """The rest of a sentence on a column of such numbers: what it holds, and what to do about it.

    `form` is how the file's numbers are read now. `keep` and `drop` are the options that take the column as text and
    that leave it out; the first is not offered where it would be refused.
    """
    advice = [f"leave the column out with {drop}"] if drop and marks.removed else []
    if len(column.values) < column.present and not column.too_many:
        advice.append(f"take it as text with {keep}")
    shown = f"numbers with marks, as in {marks.example!r}"
    if not marks.removed:
        readings = [f"{options(read)} (it is then {read.value(marks.example)})" for read in marks.forms]
        whole = "" if form == PLAIN else " They hold for the whole file: where it has two ways, rewrite one before."
        read_with = f"read them with {' or with '.join(readings)}"
        return f"{shown}: {', or '.join([read_with, *advice])}.{whole}"
    if marks.removed == HEXADECIMAL:
        shown, rewrite = f"{HEXADECIMAL} numbers, as in {marks.example!r}", "write them as decimal ones before"
    else:
        rewrite = f"write them without {marks.removed} before"
        if marks.forms and PLAIN not in marks.forms:
            rewrite += f" and read the rest with {options(marks.forms[0])}"
    return f"{shown}: {', or '.join([rewrite, *advice])}."


HEXADECIMAL = "hexadecimal"


def _removed(texts: Sequence[str]) -> str:
    """What of these texts no option reads, told for a sentence; empty where there is nothing such."""
    import pyarrow as pa

    for text, rest in zip(texts, undecorated(pa.array(texts, pa.string())).to_pylist(), strict=True):
        if text == rest:
            continue
        if rest == "0" and text.lower().lstrip("+-").startswith("0x"):
            return HEXADECIMAL
        if text.startswith("(") and text.endswith(")"):
            return "'()', which stand for a minus"
        if text.endswith("-"):
            return "'-' after it"
        kept = set(rest) - set("-")
        groups = [
            repr("".join(group).strip()) for used, group in itertools.groupby(text, kept.__contains__) if not used
        ]
        return " and ".join(dict.fromkeys(group for group in groups if group not in ("''", "'-'")))
    return ""


def _texts(source: TableSource, name: str) -> "Iterable[pa.Array]":
    import pyarrow as pa

    gaps = pa.array(source.gaps, pa.string())
    for batch in source.batches("Looking at the numbers' marks"):
        yield without_gaps(batch.column(name), gaps)
