"""What every command has besides what it does: an example to copy, and a foreseen failure that is one sentence."""

import errno
import tomllib
import traceback
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

    failure = 1
    """The exit code where the job failed."""

    def __init__(self, *args: Any, example: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.example = example

    def format_epilog(self, _: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Example"):
            formatter.write(f"{' ' * formatter.current_indent}{PROGRAM} {self.example}\n")


class Judgement(Command):
    """A command that ends with 1 for what it found, so that a program can tell. Every failure of it ends with 2."""

    failure = 2

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (SklearnOnLambdaError, click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            person().print("Aborted!")
        except BrokenPipeError:  # whoever read has gone
            pass
        except OSError as error:
            if _is_full_or_closed(error):
                raise
            traceback.print_exc()
        except Exception:  # noqa: BLE001 - a bug, which Python itself would end with 1
            traceback.print_exc()
        raise click.exceptions.Exit(self.failure)


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
            return self._failed(ctx, str(error))
        except OSError as error:
            if not _is_full_or_closed(error):
                raise
            advice = "make room there, or let it be readable and writable for you, or name another place"
            return self._failed(ctx, f"{error.filename} cannot be used ({error.strerror}): {advice}.")

    def _failed(self, ctx: click.Context, said: str) -> NoReturn:
        person().print(f"Error: {said}", style="red")
        command = self.commands.get(ctx.invoked_subcommand or "")
        ctx.exit(command.failure if isinstance(command, Command) else Command.failure)


def _is_full_or_closed(error: OSError) -> bool:
    return error.errno in FULL_OR_CLOSED and error.filename is not None


def show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version that pyproject.toml says, which is the only place that has it."""
    if not wanted or ctx.resilient_parsing:
        return
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    click.echo(f"{project['name']} {project['version']}")
    ctx.exit()
