"""Makes a `Dataset` of a CSV or Parquet file: decides each column's kind, says so, and reads the values.

What is found in the data can be overridden by naming columns. What cannot be used is refused, with what to do about
it: a model trained on half a table would answer all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Target, Task
from training.console import quoted
from training.data.columns.kind import ColumnReader, ColumnValues
from training.data.columns.kinds import KINDS, ChosenKind, TableChoices, choose_kind
from training.data.columns.notes import Finding, left_out_finding, target_finding
from training.data.columns.target import classes_in_order, require_every_class, task_of
from training.data.dataset import NO_VALUE, Dataset
from training.data.table.source import CsvForm, TableSource, open_table
from training.data.table.survey import MAX_CELLS, ColumnSurvey, survey
from training.data.text.cells import trimmed_name
from training.errors import InvalidTable


def read_table(uri: str, form: CsvForm, choices: TableChoices, seed: int) -> tuple[Dataset, tuple[Finding, ...]]:
    """The table at `uri`, with what was found in it; raises InvalidTable or a RegistryError.

    Rows without a target are left out. `choices.sample` keeps so many rows, drawn by `seed`.
    """
    choices = _trimmed(choices)
    _require_choices(choices)
    with open_table(uri, form) as source:
        named = (choices.target, *chain(*(choices.named[kind] for kind in KINDS)))
        index = tuple(name for name in source.index_columns() if name not in (*named, *choices.drop))
        columns = survey(source, (*choices.drop, *index), named)
        target = next(column for column in columns if column.name == choices.target)
        surveys = [column for column in columns if column is not target]
        if not surveys:
            raise InvalidTable(f"{uri} has no column beside the target: there is nothing to predict from.")
        task = task_of(target, choices.task)
        features = [choose_kind(column, choices) for column in surveys]
        answers = ChosenKind(target, KINDS["number" if task == "regression" else "category"])
        keep = _chosen_rows(target, choices.sample, seed, len(columns))
        readers = {each.survey.name: each.kind.reader(each.survey) for each in (*features, answers)}
        read = _read_values(source, readers, keep)
    said = [Finding(each.survey.name, each.taken_as(read[each.survey.name])) for each in features]
    takes_in = " or ".join(f"--{kind}" for kind in KINDS)
    said += [Finding(name, f"left out: the index of pandas ({takes_in} takes it in)") for name in index]
    target_read = read[target.name]
    if task == "classification" and choices.sample is not None:
        require_every_class(target, target_read, choices.sample)
    dataset = _dataset(source, task, features, target, read)
    said.insert(0, target_finding(target, task, choices.task is not None, dataset.target.classes, target_read))
    if dataset.rows < len(target_read.values):
        said.append(left_out_finding(target, task, len(target_read.values) - dataset.rows))
    return dataset, tuple(said)


def _trimmed(choices: TableChoices) -> TableChoices:
    """The choices with names as the table has them: without outer spaces."""
    named: dict[str, Any] = {option: tuple(map(trimmed_name, names)) for option, names in choices.named.items()}
    return replace(choices, target=trimmed_name(choices.target), **named)


def _require_choices(choices: TableChoices) -> None:
    given = list(chain(*choices.named.values()))
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        *options, last = (f"--{option}" for option in choices.named)
        raise InvalidTable(f"Column {twice!r} is named twice among {', '.join(options)} and {last}: choose one.")
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


def _read_values(
    source: TableSource, readers: Mapping[str, ColumnReader], keep: NDArray[np.bool_] | None
) -> dict[str, ColumnValues]:
    """The columns that have a reader, each whole; of the rows that `keep` marks, where it is given."""
    import pyarrow as pa

    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in readers}
    start = 0
    for batch in source.batches("Reading the values"):
        stop = start + batch.num_rows
        kept = batch if keep is None else batch.filter(pa.array(keep[start:stop]))
        for name, reader in readers.items():
            parts[name].append(reader.read(kept.column(name)))
        start = stop
    pa.default_memory_pool().release_unused()  # Arrow would keep it for a next table, and the fit needs it
    # Popped as they are joined, so that the parts and the whole of all columns never stand side by side.
    return {name: reader.whole(np.concatenate(parts.pop(name))) for name, reader in readers.items()}


def _dataset(
    source: TableSource,
    task: Task,
    features: Sequence[ChosenKind],
    target: ColumnSurvey,
    values: dict[str, ColumnValues],
) -> Dataset:
    """The columns and the target, without the rows that have no target; raises InvalidTable where a column is empty."""
    answers = values.pop(target.name)
    known = ~np.isnan(answers.values) if task == "regression" else answers.values != NO_VALUE
    columns = []
    for feature in features:
        read = values.pop(feature.survey.name)
        kept = read.values if known.all() else read.values[known]
        columns.append(feature.kind.column(feature.survey.name, kept, read.categories))
    y = answers.values[known]
    classes: tuple[str, ...] = ()
    if task == "classification":
        y, classes = classes_in_order(target, y, answers.categories)
    for column in columns:
        if column.gaps.all():
            raise InvalidTable(
                f"Column {column.name!r} is empty in every row that is used: leave it out with --drop "
                f"{quoted(column.name)}."
            )
    return Dataset(source.name, source.sha256, task, tuple(columns), Target(target.name, classes), y)
