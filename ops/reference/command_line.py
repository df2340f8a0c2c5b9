"""What the command line and the Makefile say of themselves."""

import re

import click

from ops.commands import ROOT
from ops.reference.markdown import code, table
from training.cli.main import main as command_line

HELP_WIDTH = 110


def commands() -> str:
    """What each command says of itself with --help."""
    top = click.Context(command_line, info_name="python -m training", help_option_names=["-h", "--help"])
    parts = []
    for name, command in command_line.commands.items():
        context = click.Context(command, info_name=name, parent=top, terminal_width=HELP_WIDTH)
        parts.append(f"### `{name}`\n\n```text\n{command.get_help(context)}\n```")
    return "\n\n".join(parts)


def targets() -> str:
    """The targets of the Makefile, in its own groups."""
    _, *groups = (ROOT / "Makefile").read_text().split("\n##@ ")
    return "\n\n".join(map(_group, groups))


def _group(text: str) -> str:
    heading, _, rules = text.partition("\n")
    found = re.findall(r"^([a-z0-9-]+):.*## (.*)$", rules, re.MULTILINE)
    rows = ((code(f"make {name}"), does) for name, does in found)
    return f"### {heading}\n\n" + table(("target", "does"), rows)
