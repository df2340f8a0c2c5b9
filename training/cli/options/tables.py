"""The options by which commands are told how a table is written."""

from typing import Any

import click

_OPTIONS = (
    click.option("--missing", multiple=True, metavar="TEXT", help="Take this text as a gap, as NA and the like are."),
    click.option(
        "--not-missing", multiple=True, metavar="TEXT", help="Take this text, such as NA, as it is: it is no gap."
    ),
    click.option(
        "--delimiter", metavar="MARK", help="The character between the values of a CSV; `tab` for a tab.  [default: ,]"
    ),
    click.option("--decimal", metavar="MARK", help="The mark before the decimals of a number.  [default: .]"),
    click.option("--thousands", metavar="MARK", help="The mark between the thousands of a number, as in 1,234."),
    click.option("--encoding", metavar="NAME", help="The encoding of a CSV.  [default: utf-8]"),
)


def csv_options(command: Any) -> Any:
    """An option for each way in which CSV files differ."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
