"""How the commands speak to a person: tables, progress and errors, all on standard error.

`training.cli` and `training.demo` use it. Standard output is kept for what a program reads.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager

from rich.console import Console
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
