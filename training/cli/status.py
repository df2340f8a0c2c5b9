"""The command that shows on one screen what serves, how well, and what is wrong."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import click

from training.cli.command import Command
from training.cli.options.shared import (
    alias,
    as_json,
    log_group,
    model_uri,
    print_json,
    require_one_source,
    stack,
    windows,
)
from training.console import count_progress, person
from training.observed.files import STANDARD_INPUT
from training.observed.looking import Look, Places
from training.observed.screen import screen
from training.observed.state import State
from training.release.stores.schemes import open_writable_store

SECONDS = 30.0
"""A function writes windows once a minute."""


@click.command("status", cls=Command, example="status --windows windows.log")
@alias
@windows
@log_group
@stack
@click.option(
    "--watch",
    type=click.FloatRange(1),
    is_flag=False,
    flag_value=SECONDS,
    metavar="SECONDS",
    help="Look again each so many seconds, 30 without a number, until Ctrl-C.",
)
@model_uri
@as_json
def status(
    alias: str,
    windows: tuple[str, ...],
    log_group: str | None,
    stack: str | None,
    watch: float | None,
    model_uri: str,
    as_json: bool,
) -> None:
    """Show what serves, since when, how well, and what is wrong.

    It reads the registry and the windows that the function wrote into its log, and says of each thing that is wrong
    which command mends it. It reads no model: `verify` does.
    """
    require_one_source(windows, log_group, stack)
    if watch is not None and (as_json or STANDARD_INPUT in windows):
        raise click.UsageError("--watch shows the same places again and again: leave out --json, and standard input.")
    store, places = open_writable_store(model_uri), Places(windows, log_group, stack)

    def look() -> State:
        with count_progress("Reading windows", None) as advance:
            return Look(store, alias, places, datetime.now(UTC), lambda *_: advance(1)).state()

    if watch is not None:
        repaint(look, watch)
    elif as_json:
        print_json(look().document())
    else:
        person().print(screen(look()), soft_wrap=False)


def repaint(look: Callable[[], State], seconds: float, wait: Callable[[float], None] = time.sleep) -> None:
    """Show what `look` gives, again after each `wait` of so many seconds, until interrupted."""
    try:
        while True:
            painted = screen(look())
            console = person()
            console.clear()
            console.print(painted, soft_wrap=False)
            wait(seconds)
    except KeyboardInterrupt:
        person().print()
