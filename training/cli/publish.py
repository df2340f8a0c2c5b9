"""The command `publish`: the gate, then the proof, then the version."""

import dataclasses
from pathlib import Path

import click

from training.cli.command import PROGRAM, Command
from training.cli.options import Existing, alias, as_json, model_uri, print_json, reason
from training.cli.releases import move
from training.console import person
from training.release.promote import promote
from training.release.publish import is_published, read_folder
from training.release.stores.schemes import open_writable_store


@click.command("publish", cls=Command, example='publish packaged --promote --reason "first version"')
@click.argument("folder", type=Existing("the folder that `train` or `package` wrote", folder=True), metavar="FOLDER")
@click.option("--promote", "promote_too", is_flag=True, help="Let the version serve at once, as `promote` does.")
@click.option("--force", is_flag=True, help="Publish a model that falls short of the gate; --reason must say why.")
@alias
@reason
@model_uri
@as_json
def publish_command(
    folder: Path, promote_too: bool, force: bool, alias: str, reason: str | None, model_uri: str, as_json: bool
) -> None:
    """Publish the model in FOLDER as a new version.

    FOLDER is what `train` or `package` wrote. The model is compared with the one that serves, and proved. One that
    falls short is not published. Prints the version, which never changes.
    """
    from training.release.compared.publication import publish_compared  # scikit-learn, which it imports, is slow

    if force and not (reason or "").strip():
        raise click.UsageError("--force needs --reason: it is kept beside the version.")
    store = open_writable_store(model_uri)
    trained = read_folder(folder)
    if promote_too and is_published(trained, store):
        # A run that ended between the two steps is finished by another.
        person().print(f"{trained.manifest.version} is published already.")
    else:
        publish_compared(store, trained, folder, alias, reason, force)
    version = trained.manifest.version
    released = move(promote, store, version, alias, reason or "Published to serve at once.") if promote_too else None
    if as_json:
        print_json({"version": version, "alias": dataclasses.asdict(released) if released else None})
    else:
        click.echo(version)
        if released is None:
            person().print(f"Published. Let it serve: {PROGRAM} promote {version}")
