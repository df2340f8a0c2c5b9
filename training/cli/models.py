"""The commands that look at models, or answer with one: list, show, demo, serve."""

import os
from pathlib import Path

import click

from handler.registry.chain import alias_key, checked_alias, checked_manifest, manifest_bytes
from training.cli.options import alias, as_json, metric_rows, model_uri, print_json
from training.console import person, show_table
from training.release.promote import require_published, versions
from training.release.stores.schemes import open_writable_store


@click.command("list")
@alias
@model_uri
@as_json
def list_command(alias: str, model_uri: str, as_json: bool) -> None:
    """List the versions in the registry, the oldest first, and say which of them serves."""
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


@click.command()
@click.argument("version")
@model_uri
@as_json
def show(version: str, model_uri: str, as_json: bool) -> None:
    """Show what one version is, from its manifest. Nothing is unpickled."""
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
        "Artifact": f"{manifest.artifact.bytes:,} bytes, SHA-256 {manifest.artifact.sha256}",
        **dict(metric_rows(manifest)),
    }
    show_table(f"{manifest.name} {manifest.version}", ("What", "Value"), facts.items())


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".demo"), help="The folder to work in.")
def demo(folder: Path) -> None:
    """Take all steps in one folder, and explain each: train, publish, promote, answer."""
    from training.local.demo import run_demo

    run_demo(folder)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8000, help="The port on 127.0.0.1; 0 takes any that is free."
)
@model_uri
def serve(port: int, model_uri: str) -> None:
    """Answer the function's routes on http://127.0.0.1:PORT, without Docker."""
    from training.local.serving import run_server

    run_server({**os.environ, "MODEL_URI": model_uri}, port)
