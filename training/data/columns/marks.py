"""What a column would be without the marks in its numbers, and which options read them.

A column whose texts are numbers but for their marks is refused: as a category it would know nothing but the very
numbers that training saw.
"""

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from training.console import quoted
from training.data.table.survey import ColumnSurvey
from training.data.text.cells import without_gaps
from training.data.text.numbers import PLAIN, NumberForm, forms_of, undecorated, unit_of

if TYPE_CHECKING:
    import pyarrow as pa

MANY = 20
"""With so many rows or texts, a pattern in a column's texts is no accident."""

FLAG = 2
"""A column of so few different texts, in fewer rows than MANY, may be a flag, whatever is written in it."""


@dataclass(frozen=True)
class Marks:
    """`example` is a text with a mark; `forms` read all texts, once what no option reads has been rewritten.

    `rewrite` says how to do that, and is empty where it is not needed. Where each text has a unit there are no forms.
    """

    example: str
    forms: tuple[NumberForm, ...]
    rewrite: str = ""


def options(form: NumberForm) -> str:
    """The options that ask for this form, as they are typed."""
    decimal = f"--decimal {quoted(form.decimal)}"
    thousands = "" if form.thousands is None else f"--thousands {quoted(form.thousands)}"
    return " ".join(part for part in (decimal if form.decimal != "." or not thousands else "", thousands) if part)


def marks_of(column: ColumnSurvey) -> Marks | None:
    """The marks of a column whose texts, but for a few words, are numbers with marks; None for any other column."""
    import pyarrow as pa

    if column.marked:
        # Where there are more texts than a category may have, only the first were kept: the file is read again.
        known: Iterable[pa.Array] = [pa.array(sorted(column.values), pa.string())]
        others = (*column.words, *column.source.form.not_missing)
        forms = forms_of(_texts(column) if column.too_many else known, others)
        return Marks(*_example(column.marked, forms)) if forms else None
    unit = unit_of(column.values) if column.content == "texts" and column.typed is None else None
    return Marks(min(column.values), (), _without(repr(unit))) if unit else None


def are_numbers(column: ColumnSurvey, marks: Marks) -> bool:
    """Whether the column is no category: each text is a number, and they are too many for a flag or for grades."""
    if not marks.forms:
        return len(column.values) > MANY
    if column.words:
        return False
    return column.present >= MANY or len(column.values) > FLAG


def advice_on(column: ColumnSurvey, marks: Marks) -> str:
    """The rest of a sentence on a feature of such numbers: what it holds, and what to do about it."""
    name = quoted(column.name)
    return what_to_do(marks, column, f"--category {name}", f"--drop {name}")


def what_to_do(marks: Marks, column: ColumnSurvey, keep: str, drop: str = "") -> str:
    """The same for any column. `keep` and `drop` are the options that take it as text and that leave it out.

    `keep` is not offered where it would be refused.
    """
    advice = [f"leave the column out with {drop}"] if drop and marks.rewrite else []
    if len(column.values) < column.present and not column.too_many:
        advice.append(f"take it as text with {keep}")
    shown = f"numbers with marks, as in {marks.example!r}"
    if not marks.rewrite:
        readings = [f"{options(read)} (it is then {read.value(marks.example)})" for read in marks.forms]
        whole = (
            " The options hold for the whole file: where it writes numbers in two ways, rewrite one of them."
            if column.source.form.numbers != PLAIN
            else ""
        )
        read_with = f"read them with {' or with '.join(readings)}"
        return f"{shown}: {', or '.join([read_with, *advice])}.{whole}"
    rewrite = f"before you train, {marks.rewrite}"
    if marks.forms and PLAIN not in marks.forms:
        rewrite += f" and read the rest with {options(marks.forms[0])}"
    return f"{shown}: {', or '.join([rewrite, *advice])}."


def _example(texts: Sequence[str], forms: tuple[NumberForm, ...]) -> tuple[str, tuple[NumberForm, ...], str]:
    """The fields of `Marks`: the first of `texts` with a mark that no option reads, else the first of them."""
    import pyarrow as pa

    rests = undecorated(pa.array(texts, pa.string())).to_pylist()
    text, rest = next(((text, rest) for text, rest in zip(texts, rests, strict=True) if text != rest), ("", ""))
    if not text:
        return texts[0], forms, ""
    if text.lower().lstrip("+-").startswith("0x"):
        return text, forms, "write these hexadecimal numbers as decimal ones"
    minus = next((how for how, is_there in MINUS.items() if is_there(text)), "")
    if minus and rest.startswith("-"):
        return text, forms, f"write a minus as '-' before the number, not as {minus}"
    kept = set(rest)
    marks = ["".join(group).strip() for used, group in itertools.groupby(text, kept.__contains__) if not used]
    return text, forms, _without(" and ".join(repr(mark) for mark in dict.fromkeys(marks) if mark))


def _without(marks: str) -> str:
    return f"write them without {marks}"


MINUS: dict[str, Callable[[str], bool]] = {
    "'()'": lambda text: "(" in text,
    "'-' after it": lambda text: text.endswith("-"),
    "'\u2212'": lambda text: "\u2212" in text,
    "'\u2013'": lambda text: "\u2013" in text,
}


def _texts(column: ColumnSurvey) -> "Iterable[pa.Array]":
    import pyarrow as pa

    gaps = pa.array(column.source.gaps, pa.string())
    for batch in column.source.batches("Looking at the numbers' marks"):
        yield without_gaps(batch.column(column.name), gaps)
