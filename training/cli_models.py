"""The commands about models: train, publish, list, show, demo, serve. `training.cli` gathers them."""

import dataclasses
import os
from pathlib import Path

import click

from handler.manifest import Manifest
from handler.registry import alias_key, checked_alias, checked_manifest, manifest_bytes
from training.cli_options import alias, as_json, model_uri, print_json, reason
from training.cli_releases import move
from training.console import person, show_table, working
from training.iris import DEFAULT_SEED, train_iris
from training.promote import promote, require_published, versions
from training.publish import publish, read_folder
from training.stores import open_writable_store


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="The folder to write.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=DEFAULT_SEED, show_default=True)
@as_json
def train(out: Path, seed: int, as_json: bool) -> None:
    """Fit Iris, measure it, and write model.joblib, manifest.json and report.html into a folder."""
    from training.folder import write_folder  # matplotlib, which it imports, would slow every other command

    with working("Training"):
        manifest = write_folder(train_iris(seed), out)
    if as_json:
        print_json(manifest)
    else:
        show_table(f"{manifest.name} {manifest.version}", ("Metric", "Value"), _metrics(manifest))
        person().print(f"Wrote {out}. Publish it: python -m training publish {out}")


@click.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--promote", "promote_too", is_flag=True, help="Let the version serve at once.")
@alias
@reason
@model_uri
@as_json
def publish_command(
    folder: Path, promote_too: bool, alias: str, reason: str | None, model_uri: str, as_json: bool
) -> None:
    """Prove the folder's artifact, then write it as an immutable version; print the version."""
    store = open_writable_store(model_uri)
    with working("Proving and publishing"):
        manifest = publish(read_folder(folder), store)
    released = None
    if promote_too:
        released = move(promote, store, manifest.version, alias, reason or "Published to serve at once.")
    if as_json:
        print_json({"version": manifest.version, "alias": dataclasses.asdict(released) if released else None})
    else:
        click.echo(manifest.version)
        if released is None:
            person().print(f"Published. Let it serve: python -m training promote {manifest.version}")


@click.command("list")
@alias
@model_uri
@as_json
def list_command(alias: str, model_uri: str, as_json: bool) -> None:
    """The versions in the registry, the oldest first, and which of them serves."""
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
    """What one version is: its manifest. Nothing is unpickled."""
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
        **dict(_metrics(manifest)),
    }
    show_table(f"{manifest.name} {manifest.version}", ("What", "Value"), facts.items())


@click.command()
@click.option("--folder", type=click.Path(path_type=Path), default=Path(".demo"), show_default=True)
def demo(folder: Path) -> None:
    """The whole way on a directory, told step by step: train, publish, promote, answer."""
    from training.demo import run_demo

    run_demo(folder)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@model_uri
def serve(port: int, model_uri: str) -> None:
    """Answer the function's routes on http://127.0.0.1:PORT, without Docker."""
    from training.serve import run_server

    run_server({**os.environ, "MODEL_URI": model_uri}, port)


def _metrics(manifest: Manifest) -> list[tuple[str, str]]:
    return [(name.replace("_", " "), f"{value:.4g}") for name, value in manifest.metrics.items()]
