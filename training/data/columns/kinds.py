"""Decides what each column of a table is used as, by what was found in it and what the person says.

`training.data.columns.reading` reads the values by it. What cannot be used is refused with what to do about it.
"""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from handler.registry.manifest import Kind, Task
from training.console import quoted
from training.data.columns.marks import MANY, Marks, are_numbers, marks_of, options, what_to_do
from training.data.columns.notes import gaps_hint
from training.data.columns.values import Wanted
from training.data.table.index import is_read_back
from training.data.table.source import TableSource
from training.data.table.survey import MAX_CATEGORIES, OTHER_TEXT, ColumnSurvey
from training.data.text.numbers import PLAIN
from training.errors import InvalidTable

FEW_NUMBERS = 10
"""A target of at most so many different whole numbers is taken for classes."""


@dataclass(frozen=True)
class TableChoices:
    """What the person says of the columns: the target, and what they override. `task` None means: find out."""

    target: str
    task: Task | None = None
    number: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    sample: int | None = None


@dataclass(frozen=True)
class Decided:
    """What a column is used as, and what to tell of it beside what its values tell."""

    survey: ColumnSurvey
    kind: Kind
    note: str = ""

    @property
    def wanted(self) -> Wanted:
        """How its values are read: equal numbers are one category, and so are booleans that differ in case."""
        return Wanted(self.kind, _sameness(self.survey) if self.kind == "category" else None)


def task_of(source: TableSource, target: ColumnSurvey, choices: TableChoices) -> Task:
    """The task that the target sets; raises InvalidTable where it sets none."""
    found = target.found
    if found in ("date", "other", "nothing"):
        what = {"date": "holds dates", "other": "is nested or binary", "nothing": "is empty in every row"}[found]
        raise InvalidTable(
            f"The target {target.name!r} {what}: name a column of classes or numbers.{gaps_hint(target)}"
        )
    if choices.task != "classification":
        _require_unquoted(target)
        marks = marks_of(source, target)
        if marks is not None and (are_numbers(target, marks) or (choices.task and not target.words)):
            rest = what_to_do(marks, target, source.form.numbers, "--task classification")
            raise InvalidTable(f"The target {target.name!r} holds {rest}")
    if choices.task == "regression" and found != "number":
        shown = ", ".join(map(repr, target.not_numbers or sorted(target.values)[:3]))
        raise InvalidTable(f"A regression predicts numbers, and the target {target.name!r} holds {shown}.")
    few = found != "number" or (target.whole and len(target.distinct) <= FEW_NUMBERS)
    task: Task = choices.task or ("classification" if few else "regression")
    count = len(target.distinct) + bool(target.kept) if found == "number" else len(target.values)
    if count < 2:
        raise InvalidTable(
            f"The target {target.name!r} has one value in every row: there is nothing to predict.{gaps_hint(target)}"
        )
    if task == "classification" and (count > MAX_CATEGORIES or target.too_many):
        raise InvalidTable(
            f"The target {target.name!r} has more than {MAX_CATEGORIES:,} classes: "
            + ("ask for --task regression." if found == "number" else "group them before.")
        )
    return task


def decided(source: TableSource, column: ColumnSurvey, choices: TableChoices) -> Decided:
    """What a feature is used as; raises InvalidTable where it cannot be used."""
    name, found = column.name, column.found
    if found == "nothing":
        raise InvalidTable(
            f"Column {name!r} is empty in every row: leave it out with --drop {quoted(name)}.{gaps_hint(column)}"
        )
    if found == "other":
        raise InvalidTable(
            f"Column {name!r} is nested or binary: leave it out with --drop {quoted(name)}, or flatten it before."
        )
    if name in choices.number:
        _require_numbers(source, column)
        return Decided(column, "number", "as told")
    if name in choices.category:
        _require_categories(column)
        return Decided(column, "category", "as told")
    if found == "date":
        raise InvalidTable(
            f"Column {name!r} holds dates, which a model cannot use as they stand: make a number of it before (days "
            f"since a fixed day, the month), leave it out with --drop {quoted(name)}, or take it as text: --category "
            f"{quoted(name)}."
        )
    if found == "number":
        return Decided(column, "number", _identifier_note(column))
    _require_unquoted(column)
    marks = marks_of(source, column)
    if marks is not None and are_numbers(column, marks):
        raise InvalidTable(f"Column {name!r} holds {_what_to_do(source, column, marks)}")
    _require_categories(column)
    return Decided(column, "category", "boolean" if found == "boolean" else _not_numbers_note(column, marks))


def _require_unquoted(column: ColumnSurvey) -> None:
    """Raise InvalidTable where the texts have quotation marks about them, as Arrow leaves them after a space."""
    if column.values and all(len(text) > 1 and text[0] == text[-1] == '"' for text in column.values):
        raise InvalidTable(
            f"Column {column.name!r} holds {min(column.values)}, with its quotation marks: leave no space between a "
            "delimiter and a quotation mark."
        )


def _require_numbers(source: TableSource, column: ColumnSurvey) -> None:
    if column.found == "number":
        return
    marks = marks_of(source, column)
    if marks is not None and not column.words:
        raise InvalidTable(f"Column {column.name!r} was to be a number, but holds {_what_to_do(source, column, marks)}")
    shown = ", ".join(map(repr, column.words or column.not_numbers)) or f"{column.found}s"
    raise InvalidTable(
        f"Column {column.name!r} was to be a number, but holds {shown}: if that stands for a gap, name it with "
        "--missing; if not, let the column be a category."
    )


def _what_to_do(source: TableSource, column: ColumnSurvey, marks: Marks) -> str:
    name = quoted(column.name)
    return what_to_do(marks, column, source.form.numbers, f"--category {name}", f"--drop {name}")


def _require_categories(column: ColumnSurvey) -> None:
    """Raise InvalidTable where a category of the column's values would say nothing, or too much."""
    if column.too_many and column.found == "category" and len(column.words) < OTHER_TEXT and column.words:
        shown = ", ".join(map(repr, column.words))
        raise InvalidTable(
            f"Column {column.name!r} holds numbers, but also {shown}: if that is a gap, name it with --missing; "
            f"if not, leave the column out with --drop {quoted(column.name)}."
        )
    if column.too_many or len(column.distinct) > MAX_CATEGORIES:
        raise InvalidTable(
            f"Column {column.name!r} has more than {MAX_CATEGORIES:,} different texts: it may be an identifier or free "
            f"text. Leave it out with --drop {quoted(column.name)}, or group its values before."
        )
    if len(column.values) == column.present >= MANY:
        raise InvalidTable(
            f"Column {column.name!r} has another text in each row, as an identifier has: leave it out with --drop "
            f"{quoted(column.name)}."
        )


def _identifier_note(column: ColumnSurvey) -> str:
    each = len(column.distinct) == column.present >= MANY
    many = len(column.distinct) > MAX_CATEGORIES and not column.gaps
    if not column.whole or not (each or many):
        return ""
    if is_read_back(column.name):
        return f"whole numbers, it seems an index that pandas wrote: leave it out with --drop {quoted(column.name)}"
    return f"whole numbers; if they only identify, --drop {quoted(column.name)}"


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


def _sameness(column: ColumnSurvey) -> Callable[[str], Hashable] | None:
    if column.found == "boolean":
        return str.lower
    # Among other words a text such as 1e5 may be a code, and no number that equals 100000.
    if column.found != "number" and not (column.numbers and len(column.words) < OTHER_TEXT):
        return None
    form = column.form.numbers if column.typed is None else PLAIN
    number = re.compile(form.pattern)
    return lambda text: form.value(text) if number.search(text) else text
