"""Makes a `Dataset` of a CSV or Parquet file: decides each column's kind, says so, and reads the values.

`training.fit` calls `read_table` for a model whose data is a file. What is found in the data can be overridden by
naming columns; whatever cannot be used is refused with what to do about it, because a model trained on half a table
would answer all the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handler.manifest import Kind, Target, Task
from training.dataset import Column, Dataset
from training.errors import InvalidTable
from training.table_source import CsvForm, TableSource, open_table
from training.table_survey import MAX_CATEGORIES, MAX_CELLS, OTHER_TEXT, ColumnSurvey, survey
from training.table_values import NO_VALUE, ColumnValues, read_values

FEW_NUMBERS = 10
"""A target of at most so many different whole numbers is taken for classes."""

MANY = 20
"""From so many rows on, a text that differs in each is taken for an identifier."""


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
class Said:
    """One thing found, to be told to the person: of which column (None: of the table), and what."""

    column: str | None
    what: str


def read_table(uri: str, form: CsvForm, choices: TableChoices, seed: int) -> tuple[Dataset, tuple[Said, ...]]:
    """The table at `uri`, with what was found in it; raises InvalidTable or a RegistryError.

    Rows without a target are left out. `choices.sample` keeps so many rows, drawn by `seed`.
    """
    _require_choices(choices)
    with open_table(uri, form) as source:
        named = (choices.target, *choices.number, *choices.category)
        columns = survey(source, choices.drop, named)
        target = next(column for column in columns if column.name == choices.target)
        features = [column for column in columns if column is not target]
        if not features:
            raise InvalidTable(f"{uri} has no column beside the target: there is nothing to predict from.")
        task, said = _task(target, choices)
        kinds: dict[str, Kind] = {}
        for column in features:
            kinds[column.name], found = _kind(column, choices)
            said += found
        target_kind: Kind = "number" if task == "regression" else "category"
        keep = _chosen_rows(target, choices.sample, seed, len(kinds) + 1)
        values = read_values(source, {**kinds, target.name: target_kind}, keep)
    dataset = _dataset(source, task, kinds, target, values)
    if dataset.rows < target.rows and choices.sample is None:
        said += (Said(target.name, f"is missing in {target.rows - dataset.rows:,} rows, which are left out"),)
    return dataset, said


def _require_choices(choices: TableChoices) -> None:
    given = [*choices.number, *choices.category, *choices.drop]
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise InvalidTable(f"Column {twice!r} is named twice among --number, --category and --drop: choose one.")
    if choices.target in given:
        raise InvalidTable(f"{choices.target!r} is the target; its kind is set with --task.")


def _task(target: ColumnSurvey, choices: TableChoices) -> tuple[Task, tuple[Said, ...]]:
    found = target.found
    if found in ("date", "other", "nothing"):
        what = {"date": "holds dates", "other": "is nested or binary", "nothing": "is empty in every row"}[found]
        raise InvalidTable(f"The target {target.name!r} {what}: name a column of classes or numbers.")
    if choices.task == "regression" and found != "number":
        shown = ", ".join(map(repr, target.not_numbers or sorted(target.values)[:3]))
        raise InvalidTable(f"A regression predicts numbers, and the target {target.name!r} holds {shown}.")
    few = found != "number" or (target.whole and len(target.distinct) <= FEW_NUMBERS)
    task: Task = choices.task or ("classification" if few else "regression")
    count = len(target.distinct) if found == "number" else len(target.values)
    if count < 2:
        raise InvalidTable(f"The target {target.name!r} has one value in every row: there is nothing to predict.")
    if task == "classification" and (count > MAX_CATEGORIES or target.too_many):
        raise InvalidTable(
            f"The target {target.name!r} has more than {MAX_CATEGORIES:,} classes: "
            + ("ask for --task regression." if found == "number" else "group them before.")
        )
    how = f"{count} classes" if task == "classification" else "numbers"
    other = "regression" if task == "classification" else "classification"
    hint = "" if choices.task or found != "number" else f" (--task {other} makes it one)"
    return task, (Said(target.name, f"the target, {how}: a {task}{hint}"),)


def _kind(column: ColumnSurvey, choices: TableChoices) -> tuple[Kind, tuple[Said, ...]]:
    """The kind that a feature is used as, and what to tell of it; raises InvalidTable where it cannot be used."""
    name, found = column.name, column.found
    if found == "nothing":
        raise InvalidTable(f"Column {name!r} is empty in every row: leave it out with --drop {name!r}.")
    if found == "other":
        raise InvalidTable(
            f"Column {name!r} is nested or binary: leave it out with --drop {name!r}, or flatten it before."
        )
    if name in choices.number:
        if found != "number":
            shown = ", ".join(map(repr, column.not_numbers)) or f"{found}s"
            raise InvalidTable(
                f"Column {name!r} was to be a number, but holds {shown}: if that stands for a gap, name it with "
                "--missing; if not, let the column be a category."
            )
        return "number", (_said(column, "number", "as told"),)
    forced = name in choices.category
    if found == "date" and not forced:
        raise InvalidTable(
            f"Column {name!r} holds dates, which a model cannot use as they stand: make a number of it before (days "
            f"since a fixed day, the month), leave it out with --drop {name!r}, or take it as text: --category."
        )
    if found == "number" and not forced:
        numbered = column.whole and len(column.distinct) > MAX_CATEGORIES and not column.gaps
        return "number", (
            _said(column, "number", "whole numbers; if they only identify, --drop it" if numbered else ""),
        )
    _require_categories(column)
    note = "boolean" if found == "boolean" else ""
    if column.numbers and found == "category" and len(column.not_numbers) < OTHER_TEXT:
        shown = ", ".join(map(repr, column.not_numbers))
        note = f"because of {shown}, all else are numbers: if that is a gap, --missing makes the column a number"
    return "category", (_said(column, "category", "as told" if forced else note),)


def _require_categories(column: ColumnSurvey) -> None:
    """Raise InvalidTable where a category of the column's values would say nothing, or too much."""
    if column.too_many and column.numbers and len(column.not_numbers) < OTHER_TEXT:
        shown = ", ".join(map(repr, column.not_numbers))
        raise InvalidTable(
            f"Column {column.name!r} holds numbers, but also {shown}: if that is a gap, name it with --missing; "
            f"if not, leave the column out with --drop {column.name!r}."
        )
    if column.too_many or len(column.distinct) > MAX_CATEGORIES:
        raise InvalidTable(
            f"Column {column.name!r} has more than {MAX_CATEGORIES:,} different texts: it may be an identifier or free "
            f"text. Leave it out with --drop {column.name!r}, or group its values before."
        )
    if len(column.values) == column.present >= MANY:
        raise InvalidTable(
            f"Column {column.name!r} has another text in each row, as an identifier has: leave it out with --drop "
            f"{column.name!r}."
        )


def _said(column: ColumnSurvey, kind: Kind, note: str) -> Said:
    count = f"{len(column.values or column.distinct)} values" if kind == "category" else ""
    gaps = f"{column.gaps:,} gaps" if column.gaps else ""
    details = ", ".join(part for part in (count, gaps, note) if part)
    return Said(column.name, f"{kind}{': ' + details if details else ''}")


def _chosen_rows(target: ColumnSurvey, sample: int | None, seed: int, columns: int) -> NDArray[np.bool_] | None:
    """Which rows of the file to keep, or None for all; raises InvalidTable where memory would not hold them."""
    kept = min(sample or target.rows, target.rows)
    if kept * columns > MAX_CELLS:
        raise InvalidTable(
            f"{kept:,} rows of {columns} columns are more than are trained on at once ({MAX_CELLS:,} values): take "
            f"part of them with --sample {MAX_CELLS // columns}."
        )
    if kept == target.rows:
        return None
    mask = np.zeros(target.rows, dtype=np.bool_)
    mask[np.random.default_rng(seed).choice(target.rows, kept, replace=False)] = True
    return mask


def _dataset(
    source: TableSource, task: Task, kinds: dict[str, Kind], target: ColumnSurvey, values: dict[str, ColumnValues]
) -> Dataset:
    """The columns and the target, without the rows that have no target; raises InvalidTable where a column is empty."""
    answers = values.pop(target.name)
    known = ~np.isnan(answers.values) if task == "regression" else answers.values != NO_VALUE
    columns = []
    for name, kind in kinds.items():
        read = values.pop(name)
        columns.append(Column(name, kind, read.values if known.all() else read.values[known], read.categories))
    y = answers.values[known]
    classes: tuple[str, ...] = ()
    if task == "classification":
        y, classes = _in_order(y, answers.categories, target.found == "number")
    for column in columns:
        if column.gaps.all():
            raise InvalidTable(
                f"Column {column.name!r} is empty in every row that is used: leave it out with --drop {column.name!r}."
            )
    return Dataset(source.name, source.sha256, task, tuple(columns), Target(target.name, classes), y)


def _in_order(
    codes: NDArray[np.int32], names: Sequence[str], by_number: bool
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The classes that occur, numbers in their order and words in theirs, and each row's place among them."""
    present = np.unique(codes).tolist()
    ordered = sorted(present, key=lambda code: (float(names[code]) if by_number else 0.0, names[code]))
    place = np.empty(len(names), dtype=np.int64)
    place[ordered] = np.arange(len(ordered))
    return place[codes], tuple(names[code] for code in ordered)
