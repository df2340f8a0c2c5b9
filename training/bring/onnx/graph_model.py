"""Makes of a model that another framework exported as ONNX the folder that `publish` takes.

Nothing of the file is run that is not an operator of ONNX Runtime, so nobody has to trust it; its bytes are read in an
isolated process all the same. The version has its ONNX form alone.
"""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, verify_artifact
from handler.registry.manifest import Manifest
from handler.registry.storage import Content, hold, parts_from
from training.bring.brought_model import Packaged, found_in, manifest_of, notes_on_targets
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.measured import TableRows, measure
from training.bring.onnx.graph_process import ONNX_FILE, GraphInspected
from training.bring.stated import Said, Stated
from training.errors import UnpackableArtifact, listed
from training.fit.held_out import HELD_OUT_FILE
from training.folder.writing import write_files
from training.isolation import ProcessFailed, run_isolated
from training.release.proof import prove
from training.report.page import render_brought_report

SCRIPT = Path(__file__).with_name("graph_process.py")


def package_graph(
    file: Path, stated: Stated, said: Said, folder: Path, table: TableForm | None = None, metric: str | None = None
) -> Packaged:
    """Open the ONNX file in an isolated process, ask it the rows of the example or of `table`, rewrite it into the form
    that is served, prove that, and write the folder. `metric` is a scorer of scikit-learn, for the gate.

    Raises UnpackableArtifact, with what to change or what to say, UnprovedArtifact or InvalidFolder.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        copied = Path(scratch, ONNX_FILE)
        inspected = _inspect_isolated(file, copied, stated, said, table, Path(scratch))
        with copied.open("rb") as opened:
            content = hold(partial(parts_from, opened), copied.stat().st_size)
        rows = None if table is None else _rows_of(table, Path(scratch))
    drafted = manifest_of_graph(file, stated, inspected, content)
    draft = verify_artifact(Manifest.from_json(drafted.to_json()), content)
    files: dict[str, Content] = {}
    manifest = draft.manifest
    if rows is None:
        report = render_brought_report(manifest).encode()
    else:
        measured = measure(draft, rows, metric)
        manifest, report = Manifest.from_json(measured.manifest.to_json()), measured.report.encode()
        files[HELD_OUT_FILE] = measured.held_out.to_json().encode()
    prove(replace(draft, manifest=manifest))
    files = {ONNX_FILE: content, REPORT_FILE: report, **files, MANIFEST_FILE: manifest.to_json().encode()}
    write_files(folder, files)
    return Packaged(manifest, tuple(notes_on(inspected, table)), twin=None)


def _inspect_isolated(
    file: Path, copied: Path, stated: Stated, said: Said, table: TableForm | None, scratch: Path
) -> GraphInspected:
    form = None if table is None else asdict(table)
    arguments = (str(file), str(file.resolve()), str(copied), asdict(stated), asdict(said), form, str(scratch))
    try:
        answer = run_isolated(SCRIPT, *arguments, with_training=True)
    except ProcessFailed as failure:
        raise UnpackableArtifact(
            f"{file} ends the process that opens it ({failure}): it may need more memory than there is, or it is "
            "damaged. Export it again, or ask it fewer rows."
        ) from failure
    return found_in(answer, GraphInspected)


def _rows_of(table: TableForm, scratch: Path) -> TableRows:
    values, true = (json.loads((scratch / f"{name}.json").read_text(encoding="utf-8")) for name in ("rows", "true"))
    return TableRows(table.dataset, table.sha256, values, true)


def manifest_of_graph(file: Path, stated: Stated, inspected: GraphInspected, content: Content) -> Manifest:
    manifest = manifest_of(file, stated, inspected.model, content)
    artifact = replace(manifest.artifact, file=ONNX_FILE, input=inspected.input)
    return replace(manifest, artifacts={"onnx": artifact})


def notes_on(inspected: GraphInspected, table: TableForm | None) -> list[str]:
    """What the person should know of how the file was understood, and on what it was proved."""
    notes = []
    names = [feature.name for feature in inspected.model.features]
    if inspected.model.is_guessed:
        whose = "the example's keys" if table is None else f"the columns of {table.name}"
        notes.append(
            f"CHECK THIS: the file does not know its features' names, so they were taken in the order of {whose}: "
            f"{listed(names)}. If it was fitted to another order, every answer is for the wrong ones: say the order "
            "with --features."
        )
    elif inspected.in_order:
        notes.append(
            f"CHECK THIS: the inputs have other names than the features, so they were taken in their order: "
            f"{listed(list(inspected.in_order))} for {listed(names)}."
        )
    notes += _notes_on_answers(inspected)
    if inspected.whole:
        notes.append(
            f"CHECK THIS: the file takes whole numbers for {listed(list(inspected.whole))}, so a fraction is refused. "
            "If they are codes, list them with --features in a JSON file, as a category."
        )
    if table is not None and inspected.unused:
        notes.append(f"The file does not take these columns of {table.name}: {listed(list(inspected.unused))}.")
    notes += notes_on_targets(inspected.model)
    kept = "the file is published as it is"
    if inspected.changed:
        kept = "the file was rewritten for the function, and no answer differs from the file's"
    of_table = f" of {inspected.table_rows:,}" if inspected.rows < inspected.table_rows else ""
    where = "" if table is None else f" of {table.name}"
    notes.append(f"Proved on {inspected.rows:,}{of_table} row{'s' if inspected.rows > 1 else ''}{where}: {kept}.")
    return notes


def _notes_on_answers(inspected: GraphInspected) -> Sequence[str]:
    notes = []
    if inspected.guessed:
        notes.append(
            "CHECK THIS: no operator says what the output is. Its values look like probabilities, so they are served "
            "as such: if they are none, say --answers scores or --answers numbers."
        )
    elif inspected.is_sigmoid:
        second = inspected.model.targets[0].classes[1]
        notes.append(
            f"Its one output is a sigmoid, and is served as the probability of {second}: if it is a number that is "
            "predicted, say --answers numbers."
        )
    elif inspected.kind == "scores":
        notes.append(
            "No operator makes probabilities of its output, so it is served as scores: end the graph with a softmax if "
            "you want probabilities, or say --answers probabilities if it has them."
        )
    if inspected.disagreeing:
        notes.append(
            f"Its label is not the class of the largest value for {inspected.disagreeing:,} of {inspected.rows:,} rows "
            "(an SVC is so): it is served as the label says."
        )
    return notes
