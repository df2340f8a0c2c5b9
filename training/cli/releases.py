"""The commands about releases: publish, promote, rollback, history, verify, prune."""

import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from handler.registry.alias import Alias
from training.cli.command import PROGRAM, Command
from training.cli.options.shared import Existing, alias, as_json, model_uri, print_json, reason, reason_or_ask
from training.console import person, show_table, working
from training.function_environment import every_package_s_libraries
from training.release.alias_move import Release
from training.release.deployed.records import serving
from training.release.history import releases
from training.release.promote import current_user, promote, rollback
from training.release.prune import prune, superfluous
from training.release.publish import is_published, read_folder
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore
from training.release.verify import verify_registry, verify_version


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


@click.command("promote", cls=Command, example='promote "$VERSION" --reason "better on new customers"')
@click.argument("version")
@alias
@reason
@model_uri
@as_json
def promote_command(version: str, alias: str, reason: str | None, model_uri: str, as_json: bool) -> None:
    """Let a published version serve.

    The version is proved, then the alias is moved to it. The function follows without a deploy.
    """
    released = move(promote, open_writable_store(model_uri), version, alias, reason_or_ask(reason))
    if as_json:
        print_json(released)


@click.command("rollback", cls=Command, example='rollback --reason "wrong answers for new customers"')
@alias
@reason
@model_uri
@as_json
def rollback_command(alias: str, reason: str | None, model_uri: str, as_json: bool) -> None:
    """Let the version that served before serve again.

    It is proved again, then the alias is moved back to it. Rolling back twice comes back.
    """
    released = move(rollback, open_writable_store(model_uri), "", alias, reason_or_ask(reason))
    if as_json:
        print_json(released)


@click.command("history", cls=Command, example="history")
@alias
@model_uri
@as_json
def history(alias: str, model_uri: str, as_json: bool) -> None:
    """Show what served when, who released it, and why."""
    listed = list(releases(open_writable_store(model_uri), alias))
    if as_json:
        print_json([dataclasses.asdict(release) for release in listed])
        return
    if not listed:
        person().print(f"Nothing was ever released as {alias!r}: promote a version first.")
        return
    rows = [(r.promoted_at[:19], r.promoted_by, r.previous or "-", r.version, r.reason) for r in listed]
    show_table(f"Releases as {alias!r}, the oldest first", ("When (UTC)", "Who", "From", "To", "Why"), rows)


@click.command("verify", cls=Command, example="verify")
@click.argument("version", required=False)
@model_uri
@as_json
def verify(version: str | None, model_uri: str, as_json: bool) -> None:
    """Check that what is published is whole and unchanged.

    It reads one VERSION, or everything without one. Nothing is unpickled. Ends with 1 where anything is wrong.
    """
    store = open_writable_store(model_uri)
    with working("Verifying"):
        findings = [verify_version(store, version)] if version else list(verify_registry(store))
    if as_json:
        print_json([dataclasses.asdict(finding) for finding in findings])
    else:
        show_table(store.uri, ("What", "Found"), [(f.what, f.problem or "sound") for f in findings])
    if any(finding.problem for finding in findings):
        click.get_current_context().exit(1)


@click.command("prune", cls=Command, example="prune --keep 10 --days 90 --dry-run")
@click.option(
    "--keep", type=click.IntRange(1), default=10, metavar="NUMBER", help="Keep so many of the newest versions."
)
@click.option(
    "--days", type=click.FloatRange(0), default=90, metavar="DAYS", help="Keep what served within so many days."
)
@click.option("--dry-run", is_flag=True, help="Say what would be deleted, and delete nothing.")
@model_uri
@as_json
def prune_command(keep: int, days: float, dry_run: bool, model_uri: str, as_json: bool) -> None:
    """Delete old versions.

    What an alias names, what served lately and the newest are kept.
    """
    store = open_writable_store(model_uri)
    going = superfluous(store, keep, days, datetime.now(UTC))
    for version in going:
        if not dry_run:
            prune(store, version)
        # Printed one by one: if the next one fails, these are gone.
        if not as_json or not dry_run:
            person().print(f"{'Would delete' if dry_run else 'Deleted'} {version}")
    if as_json:
        print_json({"deleted": [] if dry_run else going, "would_delete": going if dry_run else []})
    elif not going:
        person().print("Nothing to delete.")


def move(
    mover: Callable[[WritableStore, Release], Alias], store: WritableStore, version: str, alias: str, reason: str
) -> Alias:
    """Promote or roll back, and say so to the person; returns the alias as it now stands."""
    every_package_s_libraries()  # says so where it makes them, which a progress on the terminal would hide
    stacks = [function.stack for function in serving(store, alias)]
    with working("Proving and promoting"):
        released = mover(store, Release(version, alias, current_user(), reason))
    person().print(f"{released.version} serves as {alias!r} (before: {released.previous or 'nothing'}).")
    person().print(judged_by(stacks, alias))
    return released


def judged_by(stacks: list[str], alias: str) -> str:
    """What the version was compared with, for a person."""
    if stacks:
        return f"The deployed function can read it, by what is on record of {', '.join(stacks)}."
    return (
        f"No deployed function is on record for {alias!r}, so the version was compared with this checkout's pins. "
        "A deploy is put on record by `make record-deploy`."
    )
