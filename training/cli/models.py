"""The commands that look at models, at the functions that serve them, or answer with one."""

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import click

from handler.registry.chain import alias_key, checked_alias, checked_manifest, manifest_bytes
from handler.registry.manifest import Manifest, Parity
from training.cli.command import Command
from training.cli.options.shared import alias, as_json, metric_rows, model_uri, print_json
from training.console import person, show_table
from training.release.deployed.record import FunctionRecord
from training.release.deployed.records import forget, recorded
from training.release.promote import require_published, versions
from training.release.stores.schemes import open_writable_store


@click.command("list", cls=Command, example="list")
@alias
@model_uri
@as_json
def list_command(alias: str, model_uri: str, as_json: bool) -> None:
    """List the published versions, the oldest first, and say which serves."""
    store = open_writable_store(model_uri)
    blob = store.get(alias_key(alias))
    served = checked_alias(blob.data).version if blob else None
    names = list(versions(store))
    if as_json:
        print_json([{"version": name, "serves": name == served} for name in names])
    elif names:
        rows = [(name, alias if name == served else "") for name in names]
        show_table(store.uri, ("Version", "Serves as"), rows)
    else:
        person().print(f"Nothing is published in {store.uri} yet.")


@click.command("show", cls=Command, example='show "$VERSION"')
@click.argument("version")
@model_uri
@as_json
def show(version: str, model_uri: str, as_json: bool) -> None:
    """Show what one version is.

    It is read from the manifest. Nothing is unpickled.
    """
    store = open_writable_store(model_uri)
    require_published(store, version)
    manifest = checked_manifest(manifest_bytes(store, version), version)
    if as_json:
        print_json(manifest)
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
        **dict(_forms(manifest)),
        **dict(metric_rows(manifest)),
    }
    show_table(f"{manifest.name} {manifest.version}", ("What", "Value"), facts.items())


def _forms(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Each form of the model in words, the one first that the version is named for."""
    for form in sorted(manifest.forms, key=lambda form: form != manifest.form):
        file = manifest.artifacts[form]
        what = f"{file.bytes:,} bytes, SHA-256 {file.sha256}"
        yield (
            "Artifact" if form == manifest.form else f"As {form}",
            f"{file.file}, takes {file.input}, {what}" if file.input else what,
        )
        if file.parity is not None:
            yield "Parity", _parity(file.parity)


def _parity(parity: Parity) -> str:
    return (
        f"{parity.rows:,} rows asked, {parity.boundary_rows:,} of them at thresholds: the largest difference is "
        f"{parity.largest_difference:.2g} of {parity.bound:.2g} allowed, labels differ in {parity.labels_differing:,}"
    )


@click.command("functions", cls=Command, example="functions")
@click.option("--forget", "forgotten", metavar="STACK", help="Delete the record of this stack, which is gone.")
@model_uri
@as_json
def functions(forgotten: str | None, model_uri: str, as_json: bool) -> None:
    """List the deployed functions that serve the model.

    `make deploy` puts each on record, and `promote` asks what it can read.
    """
    store = open_writable_store(model_uri)
    if forgotten is not None:
        forget(store, forgotten)
        person().print(f"Forgot {forgotten}: promote no longer asks what its function can read.")
        if as_json:
            print_json({"forgotten": forgotten})
        return
    listed = list(recorded(store))
    if as_json:
        print_json([dataclasses.asdict(function) for function in listed])
    elif listed:
        columns = ("Stack", "Serves", "Since (UTC)", "Commit", "Formats", "Engines", "Memory", "Storage")
        show_table(store.uri, columns, map(_function_row, listed))
    else:
        person().print(f"No deployed function is on record in {store.uri}.")


def _function_row(function: FunctionRecord) -> tuple[str, ...]:
    """One function in a table."""
    package = function.package
    engines = [
        f"{form}: {', '.join(f'{name} {version}' for name, version in engine.versions.items())}"
        for form, engine in package.engines.items()
    ]
    return (
        *(function.stack, function.alias, function.recorded_at[:19], (function.commit or "-")[:12]),
        ", ".join(map(str, package.manifest_formats)),
        "; ".join(engines),
        *(f"{function.memory_mb} MB", f"{function.ephemeral_storage_mb} MB"),
    )


@click.command("demo", cls=Command, example="demo --model churn.joblib --table churn.csv --target churned")
@click.option("--model", metavar="FILE", help="Your own model, to show its commands.  [default: the only one here]")
@click.option("--table", metavar="FILE", help="A CSV or Parquet file that your model answers.")
@click.option("--target", metavar="COLUMN", help="The column of the table that your model predicts.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=Path(".demo"), metavar="FOLDER", help="The folder to work in."
)
def demo(folder: Path, model: str | None, table: str | None, target: str | None) -> None:
    """Take every step with Iris, then show the commands for your own model.

    It trains, proves, publishes and promotes in one folder, and has the real handler answer. No AWS, no Docker. Your
    model is not loaded: its file's name is all that is read.
    """
    from training.local.demo import run_demo
    from training.local.own_model import own_model

    run_demo(folder, own_model(Path(), model, table, target))


@click.command("serve", cls=Command, example="serve --port 8000")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    metavar="PORT",
    help="The port on 127.0.0.1; 0 takes any that is free.",
)
@model_uri
def serve(port: int, model_uri: str) -> None:
    """Answer the deployed function's routes on http://127.0.0.1:PORT.

    It needs no Docker. Ctrl-C ends it.
    """
    from training.local.serving import run_server

    run_server({**os.environ, "MODEL_URI": model_uri}, port)
