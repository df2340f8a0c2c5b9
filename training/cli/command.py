"""What every command has besides what it does: an example to copy, and a foreseen failure that is one sentence."""

import errno
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from handler.errors.base import SklearnOnLambdaError
from training.console import person

PROGRAM = ".venv/bin/python -m training"
"""How the commands are called in the root of a checkout, in examples and hints."""

FULL_OR_CLOSED = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ENAMETOOLONG,
    }
)
"""What the system says of a place that no command can write to, or read, until the person does something about it."""


class Command(click.Command):
    """A command with an `example`: its words after `training`, as in the root of a checkout with the docs' model."""

    def __init__(self, *args: Any, example: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.example = example

    def format_epilog(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Example"):
            formatter.write(f"{' ' * formatter.current_indent}{PROGRAM} {self.example}\n")


class Commands(click.Group):
    """Commands under headings, in the order in which a person needs them."""

    def __init__(self, *args: Any, headings: Mapping[str, Sequence[click.Command]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.headings = headings
        for command in (each for group in headings.values() for each in group):
            self.add_command(command)

    def list_commands(self, _: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, commands in self.headings.items():
            with formatter.section(heading):
                formatter.write_dl([(each.name or "", each.get_short_help_str(limit=100)) for each in commands])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SklearnOnLambdaError as error:
            return _failed(ctx, str(error))
        except OSError as error:
            if error.errno not in FULL_OR_CLOSED or error.filename is None:
                raise
            advice = "make room there, or let it be readable and writable for you, or name another place"
            return _failed(ctx, f"{error.filename} cannot be used ({error.strerror}): {advice}.")


def _failed(ctx: click.Context, said: str) -> NoReturn:
    person().print(f"Error: {said}", style="red")
    ctx.exit(1)


def show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version that pyproject.toml says, which is the only place that has it."""
    if not wanted or ctx.resilient_parsing:
        return
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    click.echo(f"{project['name']} {project['version']}")
    ctx.exit()
