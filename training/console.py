"""How the commands speak to a person: tables, progress and errors, all on standard error.

Standard output is kept for what a program reads. Much of what is printed was written by others, as the reasons in a
registry and the names in a model are: control characters in it are written out, so that no terminal obeys them.
"""

import contextlib
import importlib.util
import shlex
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

WIDE = 200
"""Columns where there is no terminal to ask: tables in a CI log are read and searched line by line."""


UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode's categories of what is not shown but does something: control characters, the marks that turn the direction
of writing or are invisible, halves of characters, and separators of lines (Unicode Standard Annex #44, "General
Category Values")."""

JOINERS = "\u200c\u200d"
"""Of these, what ordinary words and emoji are written with."""


def shown(text: str, kept: str = "") -> str:
    """`text` with what a terminal would obey written out, as in `\\x1b`, but for the characters in `kept`."""
    if text.isprintable():  # nearly all are, and a registry may list thousands
        return text
    return "".join(
        _written_out(char) if unicodedata.category(char) in UNSEEN and char not in kept + JOINERS else char
        for char in text
    )


def _written_out(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class _Person(Console):
    """A console whose texts may hold what others wrote. Ends of lines are ours, except in the cells of a table."""

    def print(self, *objects: Any, **options: Any) -> None:
        super().print(*(shown(item, kept="\n") if isinstance(item, str) else item for item in objects), **options)


def person() -> Console:
    """The console that people read. It is made anew at each call, so that it follows a redirected standard error."""
    console = _Person(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDE
    return console


def quoted(text: str) -> str:
    """`text` in quotation marks, as a shell takes it: for a hint to be copied."""
    if "'" not in text:
        return f"'{text}'"
    return shlex.quote(text) if any(mark in text for mark in '"$`\\!') else f'"{text}"'


def _is_animated(console: Console) -> bool:
    """Whether a progress can be drawn: on a terminal, and in a notebook that has the widgets for it."""
    return console.is_terminal or (console.is_jupyter and importlib.util.find_spec("ipywidgets") is not None)


def working(what: str) -> AbstractContextManager[object]:
    """Show on a terminal or in a notebook that `what` is under way; show nothing elsewhere."""
    # rich animates there alone, but prints the text once everywhere else.
    console = person()
    return console.status(what) if _is_animated(console) else Console(quiet=True).status(what)


def show_table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table for a person."""
    table = Table(title=shown(title), title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(shown(name), overflow="fold")
    for row in rows:
        table.add_row(*map(shown, row))
    person().print(table)


@contextlib.contextmanager
def bytes_progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar over `total` bytes on a terminal, and nothing elsewhere; yields a function that takes how many are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=person(), disable=not _is_animated(person()), transient=True) as bar:
        task = bar.add_task(shown(what), total=total)
        yield lambda done: bar.update(task, completed=done)


@contextlib.contextmanager
def count_progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar over `total` steps (None: not known) on a terminal; yields a function that takes how many more are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=person(), disable=not _is_animated(person()), transient=True) as bar:
        task = bar.add_task(shown(what), total=total)
        yield lambda steps: bar.advance(task, steps)
