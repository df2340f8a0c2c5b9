"""What several commands share: options, and how they print a document or a table."""

import dataclasses
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from handler.registry.alias import Alias, is_alias_name
from handler.registry.manifest import Manifest
from handler.settings import DEFAULT_ALIAS
from training.observed.files import STANDARD_INPUT


def _alias_name(_: click.Context, __: click.Parameter, value: str) -> str:
    if not is_alias_name(value):
        raise click.BadParameter("lower-case letters, digits, '-' and '_', up to 63 of them.")
    return value


def _model_uri(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str:
    if not value:
        raise click.MissingParameter(
            "It says which model is meant: set MODEL_URI (`. .aws-sam/environment` does, after `make deploy`), or give "
            "s3://BUCKET/MODEL or a folder.",
            ctx,
            parameter,
        )
    return value


class Existing(click.Path):
    """A file, or a folder, that must be there; `what` says which one is wanted, where it is not."""

    def __init__(self, what: str, *, folder: bool = False, either: bool = False) -> None:
        super().__init__(file_okay=either or not folder, dir_okay=either or folder, path_type=Path)
        self.what = what

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        path = Path(value)
        if not path.exists():
            self.fail(f"There is nothing at {str(path)!r}: give {self.what}.", param, ctx)
        if path.is_dir() and not self.dir_okay:
            self.fail(f"{str(path)!r} is a folder: give {self.what}.", param, ctx)
        if not path.is_dir() and not self.file_okay:
            self.fail(f"{str(path)!r} is no folder: give {self.what}.", param, ctx)
        if not os.access(path, os.R_OK):
            self.fail(f"{str(path)!r} may not be read by you: change its rights, or give a copy.", param, ctx)
        return path


class LogFile(Existing):
    """A file of log lines that must be there, or `-` for standard input."""

    def __init__(self) -> None:
        super().__init__("a file of log lines, or - for standard input")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == STANDARD_INPUT:
            if sys.stdin.isatty():
                self.fail("Nothing is piped into standard input: name a file, or pipe log lines into it.", param, ctx)
            return STANDARD_INPUT
        return os.fspath(super().convert(value, param, ctx))


class Moment(click.ParamType[datetime]):
    """A moment in ISO 8601; UTC where it names no other time zone."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no moment: give one such as 2026-01-31T23:00, in UTC.", param, ctx)


no_twin = click.option(
    "--no-twin",
    is_flag=True,
    help="Make no twin in ONNX, which takes less time and space: functions with ONNX Runtime cannot serve the version.",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
model_uri = click.option(
    "--model-uri",
    envvar="MODEL_URI",
    callback=_model_uri,
    metavar="URI",
    help="The model's registry: s3://BUCKET/MODEL or a folder.  [default: the variable MODEL_URI]",
)
alias = click.option(
    "--alias", default=DEFAULT_ALIAS, callback=_alias_name, metavar="NAME", help="The alias that names what serves."
)
reason = click.option("--reason", metavar="TEXT", help="Why, for those who read the history.")

windows = click.option(
    "--windows",
    type=LogFile(),
    multiple=True,
    metavar="FILE",
    help="Read this file of log lines, and no log group; - is standard input. May be given several times.",
)
log_group = click.option(
    "--log-group", metavar="NAME", help="Read this log group.  [default: that of the stack on record]"
)
stack = click.option(
    "--stack", metavar="NAME", help="Read the log group of this stack's function.  [default: the one on record]"
)


def reason_or_ask(given: str | None) -> str:
    """The reason that was given, or typed when asked; raises click.UsageError where there is nobody to ask."""
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise click.UsageError("Say why, with --reason: the history is read by people.")
    return str(click.prompt("Why?", err=True))


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    plain = document
    if isinstance(document, Manifest):
        plain = document.document()
    elif isinstance(document, Alias):
        plain = dataclasses.asdict(document)
    json.dump(plain, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def metric_rows(manifest: Manifest) -> list[tuple[str, str]]:
    """The metrics as rows of a table."""
    return [(name.replace("_", " "), f"{value:.4g}") for name, value in manifest.metrics.items()]


def require_one_source(windows: tuple[str, ...], log_group: str | None, stack: str | None) -> None:
    """Raise click.UsageError where windows are to be read from several kinds of places."""
    given = {"--windows": bool(windows), "--log-group": log_group is not None, "--stack": stack is not None}
    named = [name for name, is_given in given.items() if is_given]
    if len(named) > 1:
        raise click.UsageError(f"{' and '.join(named)} name different places: give one of them.")
