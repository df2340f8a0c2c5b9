"""The table's target, as the model's answers have it: so that the two can be compared.

Runs in the isolated process.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handler.records.signature import Target, Task
from training.errors import UnpackableArtifact, listed

if TYPE_CHECKING:
    import pandas as pd


def true_answers(
    frame: "pd.DataFrame", table: str, task: Task, targets: Sequence[Target], labels: Sequence[Sequence[Any]]
) -> list[Any] | None:
    """What each row's answer should be, as `prediction` has it; None for a row whose target is a gap.

    `labels` are the model's own, of each of its targets. None in all where the table has no target: of a clustering, an
    outlier detection without such a column, labels without columns of their names. Raises UnpackableArtifact where the
    target is needed and not there, or holds classes that the model does not know.
    """
    names = [target.name for target in targets]
    if task == "multilabel":
        return _labels_of(frame, table, targets[0].classes)
    if task == "clustering" or (task == "outlier_detection" and names[0] not in frame.columns):
        return None
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise UnpackableArtifact(
            f"{table} has no column {absent[0]!r}: name the column that holds what is predicted with --target; it has "
            f"{listed([repr(name) for name in frame.columns])}."
        )
    if task == "outlier_detection":
        return _plain(frame[names[0]])
    columns = [_column(frame[target.name], table, target, own) for target, own in zip(targets, labels, strict=True)]
    if task != "several_targets":
        return columns[0]
    rows = list(zip(*columns, strict=True))
    return [None if None in row else dict(zip(names, row, strict=True)) for row in rows]


def _plain(series: "pd.Series[Any]") -> list[Any]:
    return [None if gap else value for value, gap in zip(series.tolist(), series.isna().tolist(), strict=True)]


def _column(series: "pd.Series[Any]", table: str, target: Target, labels: Sequence[Any]) -> list[Any]:
    values = _plain(series)
    if not target.classes:
        try:
            return [None if value is None else float(value) for value in values]
        except (TypeError, ValueError) as error:
            raise UnpackableArtifact(
                f"{series.name!r} holds texts in {table}, and the model predicts a number: name the column that it "
                "was fitted to with --target."
            ) from error
    named = {_same(name): name for name in target.classes}
    named |= {_same(label): name for label, name in zip(labels, target.classes, strict=True)}
    found = {_same(value) for value in values if value is not None}
    strange = sorted(found - named.keys())
    if strange:
        raise UnpackableArtifact(
            f"{series.name!r} has the values {listed(sorted(found)[:20])} in {table}, and the model's classes are "
            f"{listed([str(label) for label in labels])}. If they mean the same, name the model's in their order with "
            "--classes, as the table has them; else name the column that it was fitted to with --target."
        )
    return [None if value is None else named[_same(value)] for value in values]


def _labels_of(frame: "pd.DataFrame", table: str, labels: Sequence[str]) -> list[Any] | None:
    """The labels of each row, where each label has a column of 0 and 1 under its name; None where one has none."""
    if any(label not in frame.columns for label in labels):
        return None
    marks = frame[list(labels)]
    if not marks.isin([0, 1]).all(axis=None):
        raise UnpackableArtifact(f"The columns of the labels must hold 0 and 1 alone in {table}: {listed(labels)}.")
    return [[name for name, mark in zip(labels, row, strict=True) if mark] for row in marks.to_numpy().tolist()]


def _same(value: Any) -> str:
    """One text for values that are the same class: 1, 1.0 and "1" are, True and "True" are."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
