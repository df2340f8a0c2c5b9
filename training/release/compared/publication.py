"""The way from a folder to a version: the gate, then the proof, then the publication, with their progress shown."""

from pathlib import Path

from training.console import count_progress, show_table, working
from training.errors import GateFailed
from training.fit.held_out import read_held_out
from training.function_environment import every_package_s_libraries
from training.release.gate.check import Comparison
from training.release.gate.comparison import compare, served_version
from training.release.promote import current_user
from training.release.publish import TrainedFolder, publish
from training.release.stores.writable import WritableStore


def publish_compared(
    store: WritableStore,
    trained: TrainedFolder,
    folder: Path,
    alias: str,
    reason: str | None,
    force: bool,
) -> Comparison:
    """Compare the folder with what serves as `alias`, show that, prove it and publish it.

    Raises GateFailed where it falls short and is not forced, and whatever `publish` raises; then nothing is published.
    """
    every_package_s_libraries()  # says so where it makes them, which a progress on the terminal would hide
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
    with count_progress(
        "Proving and publishing", sum(form.manifest.artifact.bytes for form in trained.forms)
    ) as progress:
        publish(trained, store, record.encode(), progress)
    return comparison


def show_comparison(comparison: Comparison) -> None:
    """Print the gate's table, for a person."""
    rows = [(c.name, c.new, c.served, c.allowed, "passed" if c.passed else "FELL SHORT") for c in comparison.checks]
    show_table(comparison.title, ("What", "New", "Serves", "Allowed", ""), rows)
