"""The command `train`: makes of options, or of a TOML file, the description of a model, and of that a folder.

An option overrides what the file says.
"""

import dataclasses
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from training.cli.command import PROGRAM, Command
from training.cli.options.shared import alias, as_json, metric_rows, no_twin, print_json
from training.cli.options.tables import csv_options
from training.console import person, show_table, working
from training.data.columns.kinds import KINDS, NamedColumns
from training.data.columns.notes import Finding
from training.errors import GateFailed, InvalidModelFile
from training.fit.description import (
    DEFAULT_SEED,
    DataSpec,
    EstimatorSpec,
    ModelSpec,
    SearchSpec,
    checked,
    model_path,
    parse_parameters,
    read_model_file,
)
from training.function_environment import every_package_s_libraries
from training.release.shipped import require_shipped_versions

DATA_OPTIONS = (
    "target", "task", "test_size", "sample", "delimiter", "encoding", "missing", "not_missing",
    "decimal", "thousands",
)  # fmt: skip


def kind_options(command: Any) -> Any:
    """An option for each kind of column, which names columns to be taken so."""
    for name in reversed(KINDS):
        option = click.option(f"--{name}", multiple=True, metavar="COLUMN", help=f"Take this column as a {name}.")
        command = option(command)
    return command


@click.command("train", cls=Command, example="train --table churn.csv --target churned --out trained")
@click.argument("model", required=False)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="The folder to write.",
)
@click.option(
    "--table",
    "--csv",
    "--parquet",
    "source",
    metavar="FILE",
    help="A CSV or Parquet file to train on: a path or s3://BUCKET/KEY.",
)
@click.option("--target", metavar="COLUMN", help="The column to predict. Needed with --table.")
@click.option(
    "--task", type=click.Choice(["classification", "regression"]), help="What to fit.  [default: found in the target]"
)
@click.option("--name", metavar="NAME", help="The model's name.  [default: the file's name]")
@kind_options
@click.option("--drop", multiple=True, metavar="COLUMN", help="Leave this column out.")
@click.option("--allow-unknown", is_flag=True, default=None, help="Let the API take texts that training never saw.")
@csv_options
@click.option("--sample", type=click.IntRange(10), metavar="ROWS", help="Train on so many rows, drawn by the seed.")
@click.option(
    "--test-size",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Hold out this share of the rows.",
)
@click.option("--estimator", metavar="CLASS", help="The estimator of scikit-learn to fit, such as sklearn.svm.SVC.")
@click.option("--param", multiple=True, metavar="NAME=VALUE", help="Set this parameter of the estimator.")
@click.option("--search", type=click.Choice(["grid", "random", "halving"]), help="How to search over what --try names.")
@click.option("--try", "tried", multiple=True, metavar="NAME=[…]", help="Search over these values of a parameter.")
@click.option(
    "--folds",
    type=click.IntRange(2),
    metavar="NUMBER",
    help="The folds of the search's cross-validation.  [default: 5]",
)
@click.option(
    "--candidates", type=click.IntRange(1), metavar="NUMBER", help="Try so many in a random search.  [default: 20]"
)
@click.option("--metric", metavar="SCORER", help="The scorer of scikit-learn for the search and the gate.")
@click.option("--backend", metavar="dask=URL", help="The Dask cluster to search on, as in dask=tcp://host:8786.")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**32 - 1),
    default=DEFAULT_SEED,
    metavar="NUMBER",
    help="The seed of all that is drawn.",
)
@click.option(
    "--model-uri",
    envvar="MODEL_URI",
    metavar="URI",
    help="The registry with the version to compare with, as for `publish`.  [default: the variable MODEL_URI]",
)
@alias
@no_twin
@as_json
def train(model: str | None, out: Path, seed: int, backend: str | None, no_twin: bool, **options: Any) -> None:
    """Train a model on your table, or one that is included.

    Give --table and --target; or as MODEL a TOML file, or the name of one that is included: iris, wine, digits or
    diabetes. Without either it is iris. The model is measured on rows held out, and written into a folder with its
    report, ready to publish. Ends with 1 where it falls short of the version that serves.
    """
    spec = model_spec(model, options)
    require_shipped_versions()
    from training.fit.fitting import train_model
    from training.folder.writing import (  # matplotlib, which it imports, would slow every other command
        build,
        write_built,
    )

    with working("Training"):
        trained = train_model(spec, seed, tell, backend)
        command = published_command(sys.argv[1:], model=model, out=out, backend=backend, **options)
        built = build(dataclasses.replace(trained, command=command))
    if not no_twin:
        with working("Making the twin"):
            from training.folder.twinned import twinned  # skl2onnx and ONNX Runtime, for this alone

            built = twinned(built)
    comparison = None
    if options["model_uri"]:
        from training.release.gate.comparison import compare, served_version
        from training.release.stores.schemes import open_writable_store

        every_package_s_libraries()  # says so where it makes them, which a progress on the terminal would hide
        with working("Comparing with the version that serves"):
            served = served_version(open_writable_store(options["model_uri"]), options["alias"])
            comparison = compare(built.artifact, built.held_out, served)
    with working("Writing the report"):
        manifest = write_built(built, out, comparison)
    if options["as_json"]:
        print_json(manifest)
    else:
        show_table(f"{manifest.name} {manifest.version}", ("Metric", "Value"), metric_rows(manifest))
        if built.twin is not None:
            person().print(built.twin.sentence)
        person().print(f"Wrote {out}. Publish it: {PROGRAM} publish {shlex.quote(str(out))}")
    if comparison is not None and comparison.checks:
        from training.release.compared.publication import show_comparison

        show_comparison(comparison)
        if not comparison.passed:
            raise GateFailed(
                f"The model in {out} falls short; `publish` will refuse it. {out / 'report.html'} says more."
            )


def published_command(arguments: Sequence[str], **options: Any) -> str:
    """The command line for the report, without the places of this machine that are in `options`."""
    from training.folder.places import command_line

    places = [options[name] for name in ("model", "out", "backend", "source", "model_uri")]
    return command_line(arguments, places, (*options["param"], *options["tried"]))


def tell(said: Sequence[Finding]) -> None:
    """Print what was found in the data."""
    columns = [(item.column, item.what) for item in said if item.column is not None]
    if columns:
        show_table("Found in the table", ("Column", "Taken as"), columns)
    for item in said:
        if item.column is None:
            person().print(f"scikit-learn says: {item.what}", style="yellow")


def model_spec(model: str | None, options: dict[str, Any]) -> ModelSpec:
    """The description that the arguments of `train` amount to; raises InvalidModelFile or click.UsageError."""
    if options["source"] is None:
        spec = read_model_file(model_path(model or "iris"))
    elif model is not None:
        raise click.UsageError("Give either a MODEL file or --table: the file names its own data.")
    elif options["target"] is None:
        raise click.UsageError("Say which column to predict, with --target.")
    else:
        stem = options["source"].rstrip("/").rpartition("/")[2].partition(".")[0]
        spec = ModelSpec(options["name"] or stem, DataSpec(options["source"], options["target"]))
    data = _overridden(spec.data, options, *DATA_OPTIONS)
    features = _overridden(spec.features, options, *NamedColumns().named, "allow_unknown")
    spec = _overridden(dataclasses.replace(spec, data=data, features=features), options, "name", "metric")
    return checked(dataclasses.replace(spec, estimator=_estimator(spec, options), search=_search(spec, options)))


def _overridden(spec: Any, options: dict[str, Any], *names: str) -> Any:
    given = {name: options[name] for name in names if options[name] not in (None, ())}
    return dataclasses.replace(spec, **given)


def _estimator(spec: ModelSpec, options: dict[str, Any]) -> EstimatorSpec | None:
    parameters = parse_parameters(options["param"])
    if options["estimator"] is not None:
        return EstimatorSpec(options["estimator"], parameters)
    if not parameters:
        return spec.estimator
    if spec.estimator is None:
        raise InvalidModelFile("--param says how to make the estimator that --estimator names: name one.")
    return dataclasses.replace(spec.estimator, parameters={**(spec.estimator.parameters or {}), **parameters})


def _search(spec: ModelSpec, options: dict[str, Any]) -> SearchSpec | None:
    tried = parse_parameters(options["tried"])
    if options["search"] is None and not tried:
        # Another estimator has other parameters: the search of the file is not for it.
        return (
            None
            if options["estimator"] is not None or spec.search is None
            else _overridden(spec.search, options, "folds", "candidates")
        )
    base = spec.search or SearchSpec("grid", {})
    chosen = dataclasses.replace(base, method=options["search"] or base.method, parameters=tried or base.parameters)
    return _overridden(chosen, options, "folds", "candidates")  # type: ignore[no-any-return] # it returns what it was given
