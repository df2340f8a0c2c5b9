"""What a person is shown of a table beside its columns' kinds: of the target, of gaps, of values that look alike."""

import itertools
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from handler.records.signature import Task
from training.console import quoted
from training.data.columns.kind import ColumnValues
from training.data.table.source import MISSING
from training.data.table.survey import ColumnSurvey


@dataclass(frozen=True)
class Finding:
    """One thing that the person is shown: of which column (None: of none), and what."""

    column: str | None
    what: str


def target_finding(
    target: ColumnSurvey, task: Task, asked: bool, classes: Sequence[str], read: ColumnValues
) -> Finding:
    """What to say of the target; `asked` is whether the person named the task."""
    how = f"{len(classes)} classes" if task == "classification" else "numbers"
    other = "regression" if task == "classification" else "classification"
    hint = "" if asked or target.content != "numbers" else f" (--task {other} makes it one)"
    return Finding(target.name, ", ".join((f"the target, {how}: a {task}{hint}", *spelling_notes(read))))


def left_out_finding(target: ColumnSurvey, task: Task, rows: int) -> Finding:
    """What to say of rows that are left out because they have no target."""
    texts = f" ({gap_texts(target)})" if task == "classification" and target.gap_texts else ""
    return Finding(target.name, f"is missing in {rows:,} rows, which are left out{texts}")


def gap_texts(column: ColumnSurvey) -> str:
    """Which texts were taken for gaps in the whole table, and how they are kept."""
    shown = [f"{count:,} {text!r}" for text, count in column.gap_texts.most_common()]
    keep = [f"--not-missing {quoted(text)}" for text in column.gap_texts if text in MISSING]
    return ", ".join(shown) + (f": {' '.join(keep)} keeps them" if keep else "")


def gaps_hint(column: ColumnSurvey) -> str:
    """A sentence for a refusal that texts taken for gaps may have caused; empty where there are none."""
    return f" These were taken for gaps: {gap_texts(column)}." if column.gap_texts else ""


def spelling_notes(read: ColumnValues) -> list[str]:
    """What to say of values that were taken as one, and of those that look as if they were one."""
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
