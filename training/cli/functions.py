"""The command about deployed functions: which are on record, and how one is forgotten."""

import dataclasses

import click

from training.cli.command import Command
from training.cli.options import as_json, model_uri, print_json
from training.console import person, show_table
from training.release.deployed.record import FunctionRecord
from training.release.deployed.records import forget, recorded
from training.release.stores.schemes import open_writable_store


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
        show_table(store.uri, columns, map(row, listed))
    else:
        person().print(f"No deployed function is on record in {store.uri}.")


def row(function: FunctionRecord) -> tuple[str, ...]:
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
