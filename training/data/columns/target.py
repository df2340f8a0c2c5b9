"""What a table's target asks for: the task, and for a classification its classes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Task
from training.data.columns.category import require_unquoted, sameness
from training.data.columns.kind import ColumnValues
from training.data.columns.marks import are_numbers, marks_of, what_to_do
from training.data.columns.notes import gaps_hint
from training.data.table.survey import MAX_CATEGORIES, ColumnSurvey
from training.errors import InvalidTable

FEW_NUMBERS = 10
"""A target of at most so many different whole numbers is taken for classes."""


def task_of(target: ColumnSurvey, asked: Task | None) -> Task:
    """The task that the target sets, or that was asked for; raises InvalidTable where the target does not suit it."""
    name, numbers = target.name, target.content == "numbers"
    if target.content in ("dates", "other", "nothing"):
        what = {"dates": "holds dates", "other": "is nested or binary", "nothing": "is empty in every row"}
        raise InvalidTable(
            f"The target {name!r} {what[target.content]}: name a column of classes or numbers.{gaps_hint(target)}"
        )
    if asked != "classification":
        require_unquoted(target)
        marks = marks_of(target)
        if marks is not None and (are_numbers(target, marks) or (asked and not target.words)):
            raise InvalidTable(f"The target {name!r} holds {what_to_do(marks, target, '--task classification')}")
    if asked == "regression" and not numbers:
        shown = ", ".join(map(repr, target.not_numbers or sorted(target.values)[:3]))
        raise InvalidTable(f"A regression predicts numbers, and the target {name!r} holds {shown}.")
    few = not numbers or (target.whole and len(target.distinct) <= FEW_NUMBERS)
    task: Task = asked or ("classification" if few else "regression")
    count = len(target.distinct) + bool(target.kept) if numbers else len(target.values)
    if count < 2:
        raise InvalidTable(
            f"The target {name!r} has one value in every row: there is nothing to predict.{gaps_hint(target)}"
        )
    if task == "classification" and (count > MAX_CATEGORIES or target.too_many):
        raise InvalidTable(
            f"The target {name!r} has more than {MAX_CATEGORIES:,} classes: "
            + ("ask for --task regression." if numbers else "group them first.")
        )
    return task


def require_every_class(target: ColumnSurvey, read: ColumnValues, sample: int) -> None:
    """Raise InvalidTable where the sample has no row of a class that the table has: the model would never answer it."""
    if target.typed == "numbers":
        # A number of single precision has more digits in the survey than in its text.
        found = [float(name) for name in read.categories]
        lost = [f"{number:g}" for number in sorted(target.distinct) if not np.isclose(found, number, rtol=1e-6).any()]
    else:
        same = sameness(target)
        sampled = {same(name) for name in read.categories}
        lost = sorted(name for name in target.values if same(name) not in sampled)
    if lost:
        raise InvalidTable(
            f"The sample of {sample} rows has none of the class {lost[0]!r} of {target.name!r}: take more with "
            "--sample, group the class with another, or leave it out before."
        )


def classes_in_order(
    target: ColumnSurvey, codes: NDArray[np.int32], names: Sequence[str]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Each row's place among the classes that occur, and those: numbers in their order, and words in theirs."""
    value: Callable[[str], Any] = sameness(target) if target.content == "numbers" else str
    present = np.unique(codes).tolist()
    values = {code: value(names[code]) for code in present}
    # A text that is kept as a class beside numbers comes after them.
    ordered = sorted(present, key=lambda code: (isinstance(values[code], str), values[code], names[code]))
    place = np.empty(len(names), dtype=np.int64)
    place[ordered] = np.arange(len(ordered))
    return place[codes], tuple(names[code] for code in ordered)
