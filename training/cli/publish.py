"""The command `publish`: the gate, then the proof, then the version."""

import dataclasses
from pathlib import Path

import click

from training.cli.options import alias, as_json, model_uri, print_json, reason, show_comparison
from training.cli.releases import move
from training.console import count_progress, person, working
from training.errors import GateFailed
from training.fit.held_out import read_held_out
from training.function_environment import function_libraries
from training.release.gate.comparison import compare, served_version
from training.release.promote import current_user, promote
from training.release.publish import TrainedFolder, is_published, publish, read_folder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore


@click.command("publish")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--promote", "promote_too", is_flag=True, help="Let the version serve at once, as `promote` would.")
@click.option("--force", is_flag=True, help="Publish a model that falls short of the gate; --reason must say why.")
@alias
@reason
@model_uri
@as_json
def publish_command(
    folder: Path, promote_too: bool, force: bool, alias: str, reason: str | None, model_uri: str, as_json: bool
) -> None:
    """Compare the folder's model with the one that serves, prove it, and write it as an immutable version.

    Prints the version. A model that falls short of the gate is not published.
    """
    if force and not (reason or "").strip():
        raise click.UsageError("--force needs --reason: it is kept beside the version.")
    store = open_writable_store(model_uri)
    trained = read_folder(folder)
    if promote_too and is_published(trained, store):
        # A run that ended between the two steps is finished by another.
        person().print(f"{trained.manifest.version} is published already.")
    else:
        _publish(store, trained, folder, alias, reason, force)
    version = trained.manifest.version
    released = move(promote, store, version, alias, reason or "Published to serve at once.") if promote_too else None
    if as_json:
        print_json({"version": version, "alias": dataclasses.asdict(released) if released else None})
    else:
        click.echo(version)
        if released is None:
            person().print(f"Published. Let it serve: python -m training promote {version}")


def _publish(
    store: WritableStore, trained: TrainedFolder, folder: Path, alias: str, reason: str | None, force: bool
) -> None:
    """The gate, the proof, the version; raises GateFailed where the model falls short and is not forced."""
    function_libraries()  # says so where it makes them, which a progress on the terminal would hide
    with working("Comparing with the version that serves"):
        comparison = compare(trained.artifact, read_held_out(folder), served_version(store, alias))
    if comparison.checks:
        show_comparison(comparison)
    if not comparison.passed and not force:
        short = ", ".join(check.name for check in comparison.checks if not check.passed)
        raise GateFailed(
            f"It falls short in {short}; nothing was published. To publish it all the same: --force --reason."
        )
    record = comparison.to_json(*((current_user(), reason) if not comparison.passed else ()))
    with count_progress("Proving and publishing", trained.manifest.artifact.bytes) as progress:
        publish(trained, store, record.encode(), progress)
