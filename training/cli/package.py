"""The command `package`: a model fitted elsewhere becomes a folder to publish."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from training.bring.stated import KINDS, Kind, Said, Stated, parse_classes, parse_features, read_rows
from training.cli.command import PROGRAM, Command
from training.cli.options.shared import Existing, as_json, no_twin, print_json
from training.cli.options.tables import csv_options
from training.console import person, show_table, working
from training.errors import UnpackableArtifact
from training.function_environment import every_package_s_libraries
from training.pickles.imports import inspect_pickle

if TYPE_CHECKING:
    from training.bring.brought_model import Packaged


@click.command(
    "package",
    cls=Command,
    example="package churn.joblib --table churn.csv --target churned --out packaged --trust",
)
@click.argument("file", type=Existing("the joblib or pickle file of your model"), required=False)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    metavar="FOLDER",
    help="The folder to write.",
)
@click.option(
    "--onnx",
    type=Existing("the ONNX file of your model"),
    metavar="FILE",
    help="In place of FILE, an ONNX file that any framework exported. It needs no --trust: nothing of it is code.",
)
@click.option(
    "--trust",
    is_flag=True,
    help="Load the file, which runs whatever code is in it and in --code: only if you know who made them.",
)
@click.option(
    "--table",
    "source",
    metavar="FILE",
    help="A CSV or Parquet file that the model answers, read by pandas: a path or s3://BUCKET/KEY. A model that "
    "chooses columns by name needs it. Best is one that it was not fitted to.",
)
@click.option(
    "--target",
    multiple=True,
    metavar="COLUMN",
    help="The name of what is predicted, and with --table its column; once for each target or label.  "
    "[default: target]",
)
@click.option(
    "--example",
    type=Existing("a JSON file with a row, or several"),
    metavar="FILE",
    help="In place of a table, a JSON file with one row or several to prove the model with, best one of each class. At "
    "most 50 are kept.",
)
@click.option(
    "--output",
    "outputs",
    multiple=True,
    metavar="NAME",
    help="With --onnx, an output of the graph that is used, once for each.  [default: all]",
)
@click.option(
    "--answers",
    type=click.Choice(KINDS),
    help="With --onnx, what the graph gives: probabilities of classes, scores such as logits, or numbers.  "
    "[default: found out]",
)
@click.option("--name", metavar="NAME", help="The model's name.  [default: the file's name]")
@click.option(
    "--code",
    type=Existing("a module of yours, or a folder of them", either=True),
    multiple=True,
    metavar="FILE",
    help="A module of yours that the model imports, such as features.py, or a folder of them; once for each. It "
    "travels with the version, and runs on Lambda with the function's rights.",
)
@click.option(
    "--features",
    metavar="NAMES",
    help="The features' names with commas between them, or a JSON file of features, in the order of the model's "
    "columns. Where the model has names, they must be the same.  [default: the model's own names]",
)
@click.option(
    "--classes",
    multiple=True,
    metavar="NAMES",
    help="The classes' names with commas between them, in the order of classes_; of several targets once for each that "
    "has classes, of several labels their names; once for each label makes targets of them.  "
    "[default: the model's own]",
)
@click.option(
    "--allow-unknown", is_flag=True, help="Let the API take categories that neither the model nor the table has."
)
@csv_options
@click.option("--sample", type=click.IntRange(10), metavar="ROWS", help="Take so many rows of the table, drawn evenly.")
@click.option("--metric", metavar="SCORER", help="The scorer of scikit-learn for the gate, on the table.")
@no_twin
@as_json
def package_command(
    file: Path | None,
    onnx: Path | None,
    out: Path,
    example: Path | None,
    features: str | None,
    classes: tuple[str, ...],
    target: tuple[str, ...],
    name: str | None,
    code: tuple[Path, ...],
    outputs: tuple[str, ...],
    answers: Kind | None,
    trust: bool,
    no_twin: bool,
    as_json: bool,
    source: str | None,
    metric: str | None,
    **table_options: Any,
) -> None:
    """Package a model that you fitted elsewhere.

    FILE is a joblib or pickle file. The model is loaded, proved on your rows, and written into a folder, ready to
    publish. Code in FILE and in --code runs in a process without the credentials of your environment and with an empty
    home, but it can reach your files and the network. Where the version serves, it runs in the function.

    A model of another framework comes as an ONNX file, by --onnx.
    """
    if onnx is not None:
        if file is not None:
            raise UnpackableArtifact(f"Give one model: {file}, or an ONNX file with --onnx.")
        if code:
            raise UnpackableArtifact("Leave out --code: an ONNX file imports no modules.")
        stated = stated_by(onnx, example, features, classes, target, name, needs_rows=source is None)
        packaged = _package_onnx(onnx, source, table_options, stated, Said(outputs, answers), metric, out)
    elif file is not None:
        if outputs or answers:
            raise UnpackableArtifact("Leave out --output and --answers: they say what an ONNX file gives.")
        stated = _stated_of_pickle(file, source, trust, code, (example, features, classes, target, name))
        packaged = _package_pickle(file, source, table_options, stated, metric, out, not no_twin)
    else:
        raise UnpackableArtifact("Name the file of your model: one of joblib or pickle, or an ONNX file with --onnx.")
    manifest = packaged.manifest
    for note in packaged.notes:
        person().print(note)
    if as_json:
        print_json(manifest)
    else:
        answer = f"{manifest.example.prediction!r} to {list(manifest.example.features)}"
        person().print(f"{manifest.training.estimator}, {manifest.task}; it answers {answer}.")
        if packaged.twin is not None:
            person().print(packaged.twin.sentence)
        person().print(f"Wrote {out}. Publish it: {PROGRAM} publish {shlex.quote(str(out))}")


def _package_onnx(
    file: Path,
    source: str | None,
    options: dict[str, Any],
    stated: Stated,
    said: Said,
    metric: str | None,
    out: Path,
) -> "Packaged":
    # Slow imports, for this command alone.
    from training.bring.frames.table_of_model.opening import opened_table
    from training.bring.onnx.graph_model import package_graph

    every_package_s_libraries()
    if source is None:
        with working("Opening, asking and proving"):
            return package_graph(file, stated, said, out)
    with opened_table(source, **options) as table, working("Asking the graph the table, and proving it"):
        return package_graph(file, stated, said, out, table, metric)


def _stated_of_pickle(
    file: Path, source: str | None, trust: bool, code: tuple[Path, ...], stated: tuple[Any, ...]
) -> Stated:
    """What the options say of the model in a file that its person trusts; shows what it would import."""
    with file.open("rb") as opened:
        contents = inspect_pickle(opened)
    show_table(f"{file} would import", ("Name",), [(imported,) for imported in contents.imports])
    from training.bring.loadable import require_loadable
    from training.code.archive import code_archive, require_sound_code

    archive = code_archive(code) if code else None
    own = require_sound_code(archive) if archive is not None else ()
    require_loadable(contents, source is not None, own)
    if not trust:
        raise UnpackableArtifact(
            "Nothing was loaded. Loading the file runs whatever code is in it"
            + (" and in --code; if you know who made both" if code else "; if you know who made it")
            + ", add --trust."
        )
    return stated_by(file, *stated, needs_rows=source is None).with_code(archive)


def _package_pickle(
    file: Path, source: str | None, options: dict[str, Any], stated: Stated, metric: str | None, out: Path, twin: bool
) -> "Packaged":
    from training.bring.brought_model import package
    from training.bring.frames.framed_model import package_with_table
    from training.bring.frames.table_of_model.opening import opened_table

    every_package_s_libraries()  # says so where it makes them, which a progress on the terminal would hide
    if source is None:
        with working("Loading and proving"):
            return package(file, stated, out, twin=twin)
    if stated.features is not None:
        raise UnpackableArtifact("Leave out --features: with --table, names and kinds come from the table.")
    with opened_table(source, **options) as table, working("Asking the model the table, turning and proving it"):
        return package_with_table(file, stated, table, out, metric, twin=twin)


def stated_by(
    file: Path,
    example: Path | None,
    features: str | None,
    classes: tuple[str, ...],
    target: tuple[str, ...],
    name: str | None,
    *,
    needs_rows: bool = True,
) -> Stated:
    """What the options say of the model; raises UnpackableArtifact, also without rows where it `needs_rows`."""
    if example is None and needs_rows:
        raise UnpackableArtifact(
            "Give a row to prove the model with: --example row.json, a list of values or an object of named values, or "
            "a list of such rows; or a table that it answers: --table DATA --target COLUMN."
        )
    return Stated(
        name or file.name.partition(".")[0],
        parse_features(features) if features else None,
        tuple(map(parse_classes, classes)) or None,
        target or ("target",),
        () if example is None else read_rows(example),
    )
