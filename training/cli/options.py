"""What several commands share: options, and how they print a document or a table."""

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from handler.registry.alias import Alias, is_alias_name
from handler.registry.manifest import Manifest
from handler.settings import DEFAULT_ALIAS


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
