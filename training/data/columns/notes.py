"""Tells a person what was found in a table: what each column was taken as, and what may have been a mistake.

`training.data.columns.reading` gathers it once the values are read, for only then is it known how many there are.
"""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handler.registry.manifest import Kind, Task
from training.console import quoted
from training.data.columns.marks import MANY
from training.data.columns.values import NO_VALUE, ColumnValues
from training.data.table.source import MISSING
from training.data.table.survey import ColumnSurvey


@dataclass(frozen=True)
class Said:
    """One thing found, to be told to the person: of which column (None: of the table), and what."""

    column: str | None
    what: str


def target_said(target: ColumnSurvey, task: Task, told: bool, classes: Sequence[str], read: ColumnValues) -> Said:
    """What to tell of the target; `told` is whether the person named the task."""
    how = f"{len(classes)} classes" if task == "classification" else "numbers"
    other = "regression" if task == "classification" else "classification"
    hint = "" if told or target.found != "number" else f" (--task {other} makes it one)"
    return Said(target.name, ", ".join((f"the target, {how}: a {task}{hint}", *_spelling_notes(read))))


def left_out_said(target: ColumnSurvey, task: Task, rows: int) -> Said:
    """What to tell of rows that are left out because they have no target."""
    texts = f" ({_gap_texts(target)})" if task == "classification" and target.gap_texts else ""
    return Said(target.name, f"is missing in {rows:,} rows, which are left out{texts}")


def feature_said(survey: ColumnSurvey, kind: Kind, note: str, read: ColumnValues) -> Said:
    """What to tell of a feature; `note` is what the choice of its kind has to say."""
    count = f"{len(read.categories)} values" if kind == "category" else ""
    count_gaps = survey.gaps + (survey.kept if kind == "number" else 0)
    gaps = f"{count_gaps:,} gaps" if count_gaps else ""
    if kind == "category" and survey.gap_texts:
        gaps += f" ({_gap_texts(survey)})"
    notes = _spelling_notes(read)
    present = int(np.count_nonzero(read.values != NO_VALUE))
    if kind == "category" and present >= MANY and len(read.categories) > present / 2:
        notes.append(
            f"so many for {present:,} rows may only identify them: leave it out with --drop {quoted(survey.name)}"
        )
    details = ", ".join(part for part in (count, gaps, note, *notes) if part)
    return Said(survey.name, f"{kind}{': ' + details if details else ''}")


def _gap_texts(column: ColumnSurvey) -> str:
    """Which texts were taken for gaps in the whole table, and how they are kept."""
    shown = [f"{count:,} {text!r}" for text, count in column.gap_texts.most_common()]
    keep = [f"--not-missing {quoted(text)}" for text in column.gap_texts if text in MISSING]
    return ", ".join(shown) + (f": {' '.join(keep)} keeps them" if keep else "")


def gaps_hint(column: ColumnSurvey) -> str:
    """A sentence for a refusal that may come of texts that were taken for gaps; empty where there are none."""
    return f" Taken for gaps are {_gap_texts(column)}." if column.gap_texts else ""


def _spelling_notes(read: ColumnValues) -> list[str]:
    """What to tell of values that were taken as one, and of those that look as if they were one."""
    notes = [
        f"several spellings ({', '.join(map(repr, spellings))}) are one value, {name!r}"
        for name, spellings in read.merged.items()
    ]
    looks = sorted((_look(name), name) for name in read.categories)
    alike = next((pair for pair in itertools.pairwise(looks) if pair[0][0] == pair[1][0]), None)
    if alike is not None:
        notes.append(f"{alike[0][1]!r} and {alike[1][1]!r} look alike, but are two values")
    return notes


def _look(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
