"""Which columns of a table are the model's features, and which are carried through."""

from collections.abc import Sequence
from dataclasses import dataclass

from handler.records.signature import Feature
from training.data.text.cells import trimmed_name
from training.data.text.delimiter import delimiter_hint
from training.errors import InvalidTable, listed

EVERY = "*"
"""Stands for all columns that a table has, among those to keep."""


@dataclass(frozen=True)
class Columns:
    """Places among the columns that are read: of each feature, in the model's order, and of each that is kept.

    `read` are the places of those columns in the table, each once.
    """

    read: tuple[int, ...]
    features: tuple[int, ...]
    kept: tuple[tuple[str, int], ...]


def known_names(names: Sequence[str]) -> list[str]:
    """The names without outer spaces; a column without one has that which pandas gives it."""
    return [trimmed_name(name) or f"Unnamed: {place}" for place, name in enumerate(names)]


def chosen_columns(table: str, names: Sequence[str], features: Sequence[Feature], keep: Sequence[str]) -> Columns:
    """What is read of the table's columns `names`, as the table has them; raises InvalidTable."""
    known = known_names(names)
    wanted = [trimmed_name(feature.name) or feature.name for feature in features]
    kept = names_to_keep(table, known, keep)
    _require(table, known, wanted, kept)
    place_of = {name: place for place, name in enumerate(known)}
    read = tuple(dict.fromkeys(place_of[name] for name in (*wanted, *kept)))
    among = {place: index for index, place in enumerate(read)}
    return Columns(
        read,
        tuple(among[place_of[name]] for name in wanted),
        tuple((name, among[place_of[name]]) for name in kept),
    )


def names_to_keep(table: str, known: Sequence[str], keep: Sequence[str]) -> tuple[str, ...]:
    """The columns that are meant by `keep`, each once; raises InvalidTable where there is no such column."""
    kept = tuple(dict.fromkeys(known if EVERY in keep else map(trimmed_name, keep)))
    absent = [name for name in kept if name not in known]
    if absent:
        raise InvalidTable(
            f"{table} has no column {listed(list(map(repr, absent)))} to keep; it has {listed(list(map(repr, known)))}."
        )
    return kept


def _require(table: str, known: Sequence[str], wanted: Sequence[str], kept: Sequence[str]) -> None:
    absent = [name for name in wanted if name not in known]
    if absent:
        hint = delimiter_hint(known[0]) if len(known) == 1 else ""
        raise InvalidTable(
            f"{table} has no column {listed(list(map(repr, absent)))}, which the model takes; it has "
            f"{listed(list(map(repr, known)))}.{hint}"
        )
    twice = next((name for name in (*wanted, *kept) if known.count(name) > 1), None)
    if twice is not None:
        raise InvalidTable(f"{table} has two columns named {twice!r}: rename one.")
