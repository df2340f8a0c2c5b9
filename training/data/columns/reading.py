"""Makes a `Dataset` of a CSV or Parquet file: decides each column's kind, says so, and reads the values.

`training.fit.fitting` calls `read_table` for a model whose data is a file. What is found in the data can be overridden
by naming columns; whatever cannot be used is refused with what to do about it, because a model trained on half a table
would answer all the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.registry.manifest import Target, Task
from training.console import quoted
from training.data.columns.kinds import Decided, TableChoices, decided, task_of
from training.data.columns.notes import Said, feature_said, left_out_said, target_said
from training.data.columns.values import NO_VALUE, ColumnValues, read_values
from training.data.dataset import Column, Dataset
from training.data.table.source import CsvForm, TableSource, open_table
from training.data.table.survey import MAX_CELLS, ColumnSurvey, survey
from training.data.text.cells import trimmed_name
from training.errors import InvalidTable

__all__ = ["Said", "TableChoices", "read_table"]


def read_table(uri: str, form: CsvForm, choices: TableChoices, seed: int) -> tuple[Dataset, tuple[Said, ...]]:
    """The table at `uri`, with what was found in it; raises InvalidTable or a RegistryError.

    Rows without a target are left out. `choices.sample` keeps so many rows, drawn by `seed`.
    """
    choices = _trimmed(choices)
    _require_choices(choices)
    with open_table(uri, form) as source:
        named = (choices.target, *choices.number, *choices.category)
        index = tuple(name for name in source.index_columns() if name not in (*named, *choices.drop))
        columns = survey(source, (*choices.drop, *index), named)
        target = next(column for column in columns if column.name == choices.target)
        features = [column for column in columns if column is not target]
        if not features:
            raise InvalidTable(f"{uri} has no column beside the target: there is nothing to predict from.")
        task = task_of(source, target, choices)
        decisions = [decided(source, column, choices) for column in features]
        answers = Decided(target, "number" if task == "regression" else "category")
        keep = _chosen_rows(target, choices.sample, seed, len(decisions) + 1)
        read = read_values(source, {column.survey.name: column.wanted for column in (*decisions, answers)}, keep)
    said = [feature_said(column.survey, column.kind, column.note, read[column.survey.name]) for column in decisions]
    said += [Said(name, "left out: the index of pandas (--number or --category takes it in)") for name in index]
    target_read = read[target.name]
    if task == "classification" and choices.sample is not None:
        _require_every_class(answers, target_read, choices.sample)
    dataset = _dataset(source, task, decisions, answers, read)
    said.insert(0, target_said(target, task, choices.task is not None, dataset.target.classes, target_read))
    if dataset.rows < len(target_read.values):
        said.append(left_out_said(target, task, len(target_read.values) - dataset.rows))
    return dataset, tuple(said)


def _require_every_class(target: Decided, read: ColumnValues, sample: int) -> None:
    """Raise InvalidTable where the sample has no row of a class that the table has: the model would never answer it."""
    survey, same = target.survey, target.wanted.sameness or str
    if survey.typed == "number":
        # A number of single precision has more digits in the survey than in its text.
        found = [float(name) for name in read.categories]
        lost = [f"{number:g}" for number in sorted(survey.distinct) if not np.isclose(found, number, rtol=1e-6).any()]
    else:
        sampled = {same(name) for name in read.categories}
        lost = sorted(name for name in survey.values if same(name) not in sampled)
    if lost:
        raise InvalidTable(
            f"The sample of {sample} rows has none of the class {lost[0]!r} of {survey.name!r}: take more with "
            "--sample, group the class with another, or leave it out before."
        )


def _trimmed(choices: TableChoices) -> TableChoices:
    """The choices with names as the table has them: without outer spaces."""
    number, category, drop = (
        tuple(trimmed_name(name) for name in names) for names in (choices.number, choices.category, choices.drop)
    )
    return replace(choices, target=trimmed_name(choices.target), number=number, category=category, drop=drop)


def _require_choices(choices: TableChoices) -> None:
    given = [*choices.number, *choices.category, *choices.drop]
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise InvalidTable(f"Column {twice!r} is named twice among --number, --category and --drop: choose one.")
    if choices.target in given:
        raise InvalidTable(f"{choices.target!r} is the target; its kind is set with --task.")


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
    source: TableSource, task: Task, features: Sequence[Decided], target: Decided, values: dict[str, ColumnValues]
) -> Dataset:
    """The columns and the target, without the rows that have no target; raises InvalidTable where a column is empty."""
    name = target.survey.name
    answers = values.pop(name)
    known = ~np.isnan(answers.values) if task == "regression" else answers.values != NO_VALUE
    columns = []
    for feature in features:
        read = values.pop(feature.survey.name)
        kept = read.values if known.all() else read.values[known]
        columns.append(Column(feature.survey.name, feature.kind, kept, read.categories))
    y = answers.values[known]
    classes: tuple[str, ...] = ()
    if task == "classification":
        y, classes = _in_order(
            y, answers.categories, target.wanted.sameness if target.survey.found == "number" else None
        )
    for column in columns:
        if column.gaps.all():
            raise InvalidTable(
                f"Column {column.name!r} is empty in every row that is used: leave it out with --drop "
                f"{quoted(column.name)}."
            )
    return Dataset(source.name, source.sha256, task, tuple(columns), Target(name, classes), y)


def _in_order(
    codes: NDArray[np.int32], names: Sequence[str], number: Callable[[str], Any] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The classes that occur, numbers in their order and words in theirs, and each row's place among them."""
    present = np.unique(codes).tolist()
    values = {code: number(names[code]) if number else 0 for code in present}
    # A text that is kept as a class beside numbers comes after them.
    ordered = sorted(present, key=lambda code: (isinstance(values[code], str), values[code], names[code]))
    place = np.empty(len(names), dtype=np.int64)
    place[ordered] = np.arange(len(ordered))
    return place[codes], tuple(names[code] for code in ordered)
