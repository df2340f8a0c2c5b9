"""The command line, `python -m training COMMAND`: parses, calls, prints. The work is in the modules that it imports.

Ends with 0, with 1 where the job failed, with 2 where it was asked wrongly. A failure that this project foresees is
one sentence; anything else is a bug and keeps its trace.
"""

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import Any

import click

from handler.alias import Alias, is_alias_name
from handler.errors import SklearnOnLambdaError
from handler.manifest import Manifest
from handler.registry import alias_key, checked_alias, checked_manifest, manifest_bytes
from handler.settings import DEFAULT_ALIAS
from training.console import person, show_table, working
from training.iris import DEFAULT_SEED, train_iris
from training.promote import Release, current_user, promote, require_published, versions
from training.publish import publish, read_folder
from training.stores import WritableStore, open_writable_store


class Commands(click.Group):
    """Commands whose foreseen failures end in one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except SklearnOnLambdaError as error:
            person().print(f"{type(error).__name__}: {error}", style="red")
            ctx.exit(1)


def _alias_name(_: click.Context, __: click.Parameter, value: str) -> str:
    if not is_alias_name(value):
        raise click.BadParameter("lower-case letters, digits, '-' and '_', up to 63 of them.")
    return value


as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
model_uri = click.option(
    "--model-uri",
    envvar="MODEL_URI",
    required=True,
    help="The model's root: s3://bucket/prefix or a directory. Default: the environment's MODEL_URI.",
)
alias_option = click.option(
    "--alias", default=DEFAULT_ALIAS, show_default=True, callback=_alias_name, help="Which alias."
)
reason_option = click.option("--reason", default="", help="Why, for those who read the history.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Train a scikit-learn model, publish it to a registry, and say which version serves."""


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder to write.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=DEFAULT_SEED, show_default=True)
@as_json
def train(out: Path, seed: int, as_json: bool) -> None:
    """Fit Iris, measure it, and write model.joblib, manifest.json and report.html into a folder."""
    from training.folder import write_folder  # matplotlib, which it imports, would slow every other command

    with working("Training"):
        manifest = write_folder(train_iris(seed), out)
    if as_json:
        _print_json(manifest)
    else:
        show_table(f"{manifest.name} {manifest.version}", ("Metric", "Value"), _metrics(manifest))
        person().print(f"Wrote {out}. Publish it: python -m training publish {out}")


@main.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--promote", "promote_too", is_flag=True, help="Let the version serve at once.")
@alias_option
@reason_option
@model_uri
@as_json
def publish_command(folder: Path, promote_too: bool, alias: str, reason: str, model_uri: str, as_json: bool) -> None:
    """Prove the folder's artifact, then write it as an immutable version; print the version."""
    store = open_writable_store(model_uri)
    with working("Proving and publishing"):
        manifest = publish(read_folder(folder), store)
    released = _promote(store, manifest.version, alias, reason) if promote_too else None
    if as_json:
        _print_json({"version": manifest.version, "alias": dataclasses.asdict(released) if released else None})
    else:
        click.echo(manifest.version)
        if released is None:
            person().print(f"Published. Let it serve: python -m training promote {manifest.version}")


@main.command("promote")
@click.argument("version")
@alias_option
@reason_option
@model_uri
@as_json
def promote_command(version: str, alias: str, reason: str, model_uri: str, as_json: bool) -> None:
    """Prove a version, then move the alias to it."""
    released = _promote(open_writable_store(model_uri), version, alias, reason)
    if as_json:
        _print_json(released)


@main.command("list")
@alias_option
@model_uri
@as_json
def list_command(alias: str, model_uri: str, as_json: bool) -> None:
    """The versions in the registry, the oldest first, and which of them serves."""
    store = open_writable_store(model_uri)
    served = _served(store, alias)
    names = list(versions(store))
    if as_json:
        _print_json([{"version": name, "serves": name == served} for name in names])
    elif names:
        rows = [(name, alias if name == served else "") for name in names]
        show_table(store.uri, ("Version", "Serves as"), rows)
    else:
        person().print(f"Nothing is published in {store.uri} yet.")


@main.command()
@click.argument("version")
@model_uri
@as_json
def show(version: str, model_uri: str, as_json: bool) -> None:
    """What one version is: its manifest. Nothing is unpickled."""
    store = open_writable_store(model_uri)
    require_published(store, version)
    manifest = checked_manifest(manifest_bytes(store, version), version)
    if as_json:
        _print_json(manifest)
        return
    training = manifest.training
    facts = {
        "Task": manifest.task,
        "Estimator": training.estimator,
        "Trained on": f"{training.dataset}, {training.rows} rows, seed {training.seed}",
        "Created at": manifest.created_at,
        "Features": ", ".join(feature.name for feature in manifest.features),
        "Classes": ", ".join(manifest.target.classes) or "-",
        "Made under": ", ".join(f"{library} {number}" for library, number in manifest.runtime.items()),
        "Artifact": f"{manifest.artifact.bytes:,} bytes, SHA-256 {manifest.artifact.sha256}",
        **dict(_metrics(manifest)),
    }
    show_table(f"{manifest.name} {manifest.version}", ("What", "Value"), facts.items())


@main.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".demo"), show_default=True)
def demo(folder: Path) -> None:
    """The whole way on a directory, told step by step: train, publish, promote, answer."""
    from training.demo import run_demo

    run_demo(folder)


@main.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@model_uri
def serve(port: int, model_uri: str) -> None:
    """Answer the function's routes on http://127.0.0.1:PORT, without Docker."""
    from training.serve import run_server

    run_server({**os.environ, "MODEL_URI": model_uri}, port)


def _promote(store: WritableStore, version: str, alias: str, reason: str) -> Alias:
    with working(f"Proving {version}"):
        released = promote(store, Release(version, alias, current_user(), reason))
    person().print(f"{released.version} serves as {alias!r} (before: {released.previous or 'nothing'}).")
    return released


def _served(store: WritableStore, alias: str) -> str | None:
    blob = store.get(alias_key(alias))
    return checked_alias(blob.data).version if blob else None


def _metrics(manifest: Manifest) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), f"{value:.4g}") for name, value in manifest.metrics.items()]


def _print_json(document: Any) -> None:
    plain = dataclasses.asdict(document) if isinstance(document, (Alias, Manifest)) else document
    json.dump(plain, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")
