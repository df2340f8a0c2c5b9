"""The command `score`: asks one version about all rows of tables, and writes the answers as parts."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from training.cli.command import Command
from training.cli.options.reading import form_of
from training.cli.options.shared import alias, as_json, model_uri, print_json
from training.cli.options.tables import csv_options
from training.console import count_progress, person, show_table
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore
from training.scoring.running.scorer import Scorer
from training.scoring.running.version import Chosen, choose, read_allowed, version_folder

if TYPE_CHECKING:
    from training.scoring.chunk import Input
    from training.scoring.writing.job import Job

ROWS_PER_PART = 50_000

RESUME = "The parts that are done are kept: give the same command with --resume to go on."


@click.command("score", cls=Command, example="score churn.csv --out scored --keep customer")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", required=True, metavar="FOLDER", help="Where the parts go: a new folder, or s3://BUCKET/PREFIX.")
@click.option("--version", metavar="VERSION", help="Ask this version.  [default: the one that the alias names]")
@alias
@click.option("--keep", multiple=True, metavar="COLUMN", help="Carry this column through; * is all of them.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "jsonl", "parquet"]), help="What to write.  [default: as the input]"
)
@click.option(
    "--rows-per-part", type=click.IntRange(1), default=ROWS_PER_PART, metavar="NUMBER", help="So many rows a part."
)
@click.option(
    "--workers", type=click.IntRange(1), metavar="NUMBER", help="Score by so many processes.  [default: one a core]"
)
@click.option("--backend", metavar="dask=URL", help="The Dask cluster to score on, as in dask=tcp://host:8786.")
@click.option(
    "--on-aws", is_flag=True, help="Score in the model's stack, deployed with Batches=enabled; print the cost."
)
@click.option(
    "--state-machine",
    envvar="BATCH_STATE_MACHINE",
    metavar="ARN",
    help="The stack's output BatchStateMachineArn.  [default: the variable BATCH_STATE_MACHINE]",
)
@click.option("--resume", is_flag=True, help="Go on with a run that ended early: keep the parts that are whole.")
@csv_options
@model_uri
@as_json
def score(
    inputs: tuple[str, ...],
    out: str,
    version: str | None,
    alias: str,
    keep: tuple[str, ...],
    form: Any,
    rows_per_part: int,
    workers: int | None,
    backend: str | None,
    on_aws: bool,
    state_machine: str | None,
    resume: bool,
    model_uri: str,
    as_json: bool,
    **written: Any,
) -> None:
    """Answer all rows of tables, of any size.

    Each INPUT is a CSV, JSON Lines or Parquet file, a folder of them, or s3://BUCKET/KEY or s3://BUCKET/PREFIX/. Rows
    are answered as the API answers them. Those that it would refuse go into files of their own, with their reasons, and
    are counted: they are no failure.
    """
    from training.scoring.reading.inputs import open_inputs  # these read and write tables, as few commands do
    from training.scoring.running.run import run
    from training.scoring.writing.job import Job, reading_of
    from training.scoring.writing.opened import open_place
    from training.scoring.writing.output import opened_output

    if workers is not None and backend is not None:
        raise click.UsageError("--workers are processes of this machine, and --backend names a cluster: give one.")
    if on_aws:
        _require_for_aws(model_uri, state_machine, workers, backend)
    reading = form_of(written)
    store = open_writable_store(model_uri)
    chosen = choose(store, alias, version)
    tables = open_inputs(inputs, reading, chosen.manifest.features, keep)
    job = Job(chosen.version, chosen.manifest_sha256, reading_of(reading), keep, form, rows_per_part)
    try:
        with (
            _on_aws(model_uri, str(state_machine), job, tables, chosen, resume)
            if on_aws
            else _scorer(store, chosen, workers, backend) as scorer,
            opened_output(open_place(out), job, resume=resume) as output,
            # On AWS each step has a bar of its own.
            _unseen() if on_aws else count_progress("Scoring", None) as advance,
        ):
            summary = run(tables, output, scorer, advance)
    except KeyboardInterrupt:
        person().print(RESUME)
        raise
    if as_json:
        print_json(summary.document())
    else:
        show_table(f"{chosen.manifest.name} {chosen.version}", ("What", "Value"), summary.table().items())
    if summary.refused:
        where = f"{out.rstrip('/')}/refused"
        person().print(f"{summary.refused:,} of {summary.rows:,} rows were refused: {where} has them with the reasons.")


@contextlib.contextmanager
def _scorer(store: WritableStore, chosen: Chosen, workers: int | None, backend: str | None) -> Iterator[Scorer]:
    """Who scores: processes of this machine, or the workers of a Dask cluster."""
    with version_folder(read_allowed(store, chosen), chosen) as registry:
        if backend is None:
            from training.scoring.running.processes import ProcessScorer, cores

            yield ProcessScorer(registry, chosen.version, workers or cores())
        else:
            from training.dask_cluster import connected
            from training.scoring.cluster.scorer import DaskScorer

            with connected(backend) as client:
                yield DaskScorer(client, registry, chosen.version)


def _require_for_aws(model_uri: str, state_machine: str | None, workers: int | None, backend: str | None) -> None:
    if workers is not None or backend is not None:
        raise click.UsageError("--on-aws has functions score: leave --workers and --backend out.")
    if not model_uri.startswith("s3://"):
        raise click.UsageError(f"--on-aws needs the bucket of a stack, and the model is in {model_uri!r}: give s3://…")
    if not state_machine:
        raise click.UsageError(
            "--on-aws needs the state machine: give the stack's output BatchStateMachineArn by --state-machine. It is "
            "there once the stack is deployed with Batches=enabled."
        )


@contextlib.contextmanager
def _on_aws(
    model_uri: str, state_machine: str, job: "Job", tables: "Sequence[Input]", chosen: Chosen, resume: bool
) -> Iterator[Scorer]:
    """The stack's state machine, for this job."""
    from handler.registry.s3.place import bucket_and_prefix
    from training.scoring.on_aws.bucket import JobFolder
    from training.scoring.on_aws.executions import StateMachine
    from training.scoring.on_aws.scorer import FOLDER, StateMachineScorer, job_id

    bucket, root = bucket_and_prefix(model_uri)
    folder = JobFolder(bucket, root, f"{FOLDER}/{job_id(job, [table.tag for table in tables])}")
    yield StateMachineScorer(folder, StateMachine(state_machine), chosen, resume)


@contextlib.contextmanager
def _unseen() -> Iterator[Callable[[int], None]]:
    yield lambda _: None
