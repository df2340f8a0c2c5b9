"""The command `score`: asks one version about all rows of tables, and writes the answers as parts."""

import contextlib
from collections.abc import Iterator
from typing import Any

import click

from training.cli.command import Command
from training.cli.options import alias, as_json, model_uri, print_json
from training.cli.table_options import csv_options, form_of
from training.console import count_progress, person, show_table
from training.release.stores.schemes import open_writable_store
from training.release.stores.writable import WritableStore
from training.scoring.running.scorer import Scorer
from training.scoring.running.version import Chosen, choose, read_allowed, version_folder

ROWS_PER_PART = 50_000

RESUME = "The parts that are done are kept: give the same command with --resume to go on."


@click.command("score", cls=Command, example="score churn.csv --out scored --keep customer")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--out", required=True, metavar="PLACE", help="Where the parts go: a new folder, or s3://BUCKET/PREFIX.")
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
    reading = form_of(written)
    store = open_writable_store(model_uri)
    chosen = choose(store, alias, version)
    tables = open_inputs(inputs, reading, chosen.manifest.features, keep)
    job = Job(chosen.version, chosen.manifest_sha256, reading_of(reading), keep, form, rows_per_part)
    try:
        with (
            opened_output(open_place(out), job, resume=resume) as output,
            _scorer(store, chosen, workers, backend) as scorer,
            count_progress("Scoring", None) as advance,
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
    artifact = read_allowed(store, chosen)
    if backend is not None:
        raise NotImplementedError
    from training.scoring.running.processes import ProcessScorer, cores

    with version_folder(artifact, chosen) as registry:
        yield ProcessScorer(registry, chosen.version, workers or cores())
