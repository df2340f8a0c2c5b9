"""The kinds of columns that there are, and which of them a column is taken as: by what it holds and what was asked."""

from dataclasses import dataclass, fields

from handler.records.signature import Task
from training.console import quoted
from training.data.columns.category import Category
from training.data.columns.kind import ColumnKind, ColumnValues
from training.data.columns.notes import gaps_hint
from training.data.columns.number import Number
from training.data.table.survey import ColumnSurvey
from training.errors import InvalidTable

KINDS: dict[str, ColumnKind] = {kind.name: kind for kind in (Number(), Category())}
"""By name. Where several take what a column holds, it becomes the first of them."""


@dataclass(frozen=True, kw_only=True)
class NamedColumns:
    """The columns that a person names: for each of KINDS, and to be left out; options and files have the same names."""

    number: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """The columns by the option that names them, without `--`."""
        return {option.name: getattr(self, option.name) for option in fields(NamedColumns)}


@dataclass(frozen=True)
class TableChoices(NamedColumns):
    """What the person says of a table, the target above all. `task` None means: find out."""

    target: str
    task: Task | None = None
    sample: int | None = None


@dataclass(frozen=True)
class ChosenKind:
    """What a column is taken as; `note` is what to say of the choice."""

    survey: ColumnSurvey
    kind: ColumnKind
    note: str = ""

    def taken_as(self, read: ColumnValues) -> str:
        """What to say of the column, once its values are read."""
        details = ", ".join(filter(None, self.kind.details(self.survey, self.note, read)))
        return f"{self.kind.name}: {details}" if details else self.kind.name


def choose_kind(column: ColumnSurvey, choices: TableChoices) -> ChosenKind:
    """What a feature is taken as; raises InvalidTable where it cannot be used."""
    name, drop = column.name, f"--drop {quoted(column.name)}"
    if column.content == "nothing":
        raise InvalidTable(f"Column {name!r} is empty in every row: leave it out with {drop}.{gaps_hint(column)}")
    if column.content == "other":
        raise InvalidTable(f"Column {name!r} is nested or binary: leave it out with {drop}, or flatten it first.")
    for kind in KINDS.values():
        if name in choices.named[kind.name]:
            kind.require(column)
            return ChosenKind(column, kind, "as asked")
    for kind in KINDS.values():
        if column.content in kind.contents:
            return ChosenKind(column, kind, kind.note(column))
    raise InvalidTable(
        f"Column {name!r} holds {column.content}, which a model cannot use as they stand: make numbers of them first "
        f"(days since a fixed date, or the month), leave the column out with {drop}, or take it as text: --category "
        f"{quoted(name)}."
    )
