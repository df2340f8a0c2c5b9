"""The table's target, as the model's answers have it: so that the two can be compared.

Runs in the isolated process.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from handler.records.signature import Target, Task
from training.errors import UnpackableArtifact, listed

if TYPE_CHECKING:
    import pandas as pd

Answer = float | str | dict[str, float | str] | list[str] | None


def true_answers(
    frame: "pd.DataFrame",
    table: str,
    task: Task,
    targets: Sequence[Target],
    names: Sequence[str],
    labels: Sequence[Any],
) -> list[Answer] | None:
    """What each row's answer should be, as `prediction` has it; None for a row whose target is a gap.

    `names` are the columns that the person named as targets, `labels` the model's own of its only target. None in all
    where the table has no such column, or the task has no truth. Raises UnpackableArtifact where the target is needed
    and not there, or holds classes that the model does not know.
    """
    absent = [name for name in names if name not in frame.columns]
    if task in ("clustering", "outlier_detection"):
        return None
    if absent:
        raise UnpackableArtifact(
            f"{table} has no column {absent[0]!r}: name the column that holds what is predicted with --target; it has "
            f"{listed([repr(name) for name in frame.columns])}."
        )
    if task == "multilabel":
        return _labels_of(frame, table, targets[0], names)
    columns = [
        _column(frame[name], table, target, labels if len(targets) == 1 else target.classes)
        for name, target in zip(names, targets, strict=True)
    ]
    if task != "several_targets":
        return list(columns[0])
    rows = list(zip(*columns, strict=True))
    return [None if None in row else dict(zip([one.name for one in targets], row, strict=True)) for row in rows]


def _column(series: "pd.Series[Any]", table: str, target: Target, labels: Sequence[Any]) -> list[Any]:
    values = [None if gap else value for value, gap in zip(series.tolist(), series.isna().tolist(), strict=True)]
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


def _labels_of(frame: "pd.DataFrame", table: str, target: Target, names: Sequence[str]) -> list[Answer]:
    """The labels of each row, where each has a column of 0 and 1."""
    if len(names) != len(target.classes):
        raise UnpackableArtifact(
            f"The model has {len(target.classes)} labels ({listed(target.classes)}): name the column of each in "
            f"{table} with --target, in that order."
        )
    marks = frame[list(names)]
    if not marks.isin([0, 1]).all(axis=None):
        raise UnpackableArtifact(f"The columns of the labels must hold 0 and 1 alone in {table}: {listed(names)}.")
    return [[name for name, mark in zip(target.classes, row, strict=True) if mark] for row in marks.to_numpy().tolist()]


def _same(value: Any) -> str:
    """One text for values that are the same class: 1, 1.0 and "1" are, True and "True" are."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
