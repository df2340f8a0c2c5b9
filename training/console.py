"""How the commands speak to a person: tables, progress and errors, all on standard error.

`training.cli` and `training.demo` use it. Standard output is kept for what a program reads.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

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


def person() -> Console:
    """Where people read. Made anew at each call, so that it follows a redirected standard error."""
    console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        console.width = WIDE
    return console


def working(what: str) -> AbstractContextManager[object]:
    """Show on a terminal that `what` is under way; show nothing elsewhere."""
    # rich animates on terminals alone, but prints the text once everywhere else.
    console = person()
    return console.status(what) if console.is_terminal else Console(quiet=True).status(what)


def show_table(title: str, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table for a person."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in head:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*row)
    person().print(table)


@contextlib.contextmanager
def bytes_progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar over `total` bytes on a terminal, and nothing elsewhere; gives a function that takes how many are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=person(), disable=not person().is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


@contextlib.contextmanager
def count_progress(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar over `total` steps (None: not known) on a terminal; gives a function that takes how many more are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=person(), disable=not person().is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda steps: bar.advance(task, steps)
