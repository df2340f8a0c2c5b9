"""Makes of a model that was fitted to a DataFrame, with a table that it answers, the folder that `publish` takes.

The model is rewritten to take arrays, and proved on the rows of the table: what it answers to their JSON, where there
are Lambda's libraries alone, must be what it answered to the DataFrame.
"""

import json
import tempfile
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, verify_artifact
from handler.registry.manifest import Manifest
from handler.registry.storage import hold, parts_from
from training.bring.brought_model import Packaged, code_files, found_in, manifest_of, notes_on_targets
from training.bring.frames.frames_process import FrameInspected
from training.bring.frames.rows_proof import Proved, prove_rows
from training.bring.frames.table_of_model.reading import TableForm
from training.bring.measured import TableRows, measure
from training.bring.stated import Stated
from training.bring.twin.isolated import with_twin
from training.errors import UnpackableArtifact, listed
from training.fit.held_out import HELD_OUT_FILE
from training.folder.writing import ARTIFACT_FILE, twin_files, write_files
from training.isolation import ProcessFailed, run_isolated
from training.pickles.imports import inspect_pickle
from training.release.proof import prove
from training.report.twin import with_twin_section

SCRIPT = Path(__file__).with_name("frames_process.py")


def package_with_table(
    model: Path, stated: Stated, table: TableForm, folder: Path, metric: str | None = None, *, twin: bool = True
) -> Packaged:
    """Load the file in an isolated process, ask it the table, rewrite it, prove and measure it on that, make its
    `twin`, and write the folder. `metric` is a scorer of scikit-learn, for the gate.

    Raises UnpackableArtifact, with what to change or what to say, UnprovedArtifact or InvalidFolder.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        copied = Path(scratch, ARTIFACT_FILE)
        inspected = _inspect_isolated(model, copied, stated, table, Path(scratch))
        _require_no_pandas(copied)
        with copied.open("rb") as file:
            content = hold(partial(parts_from, file), copied.stat().st_size)
        drafted = manifest_of(model, stated, inspected.model, content)
        draft = verify_artifact(Manifest.from_json(drafted.to_json()), content, code=stated.code)
        proved = prove_rows(draft, model, stated, table, inspected, Path(scratch))
        rows = _rows_of(table, inspected, Path(scratch))
        measured = measure(draft, rows, metric)
    # With the examples that it got from the table.
    artifact = replace(draft, manifest=Manifest.from_json(measured.manifest.to_json()))
    prove(artifact)
    manifest, outcome = with_twin(artifact, rows.values, twin=twin)
    files = {
        ARTIFACT_FILE: content,
        **twin_files(outcome),
        REPORT_FILE: with_twin_section(measured.report, outcome).encode(),
        HELD_OUT_FILE: measured.held_out.to_json().encode(),
        MANIFEST_FILE: manifest.to_json().encode(),
    }
    write_files(folder, code_files(stated) | files)
    return Packaged(manifest, tuple(notes_on(table, inspected, proved)), outcome)


def _rows_of(table: TableForm, inspected: FrameInspected, folder: Path) -> TableRows:
    """The rows of the table without those that were made beside them, with the true answers that it has."""
    values, true = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("rows", "true"))
    return TableRows(table.dataset, table.sha256, values[: inspected.rows], true)


def _inspect_isolated(model: Path, copied: Path, stated: Stated, table: TableForm, scratch: Path) -> FrameInspected:
    arguments = (str(model), str(model.resolve()), str(copied), asdict(stated), asdict(table), str(scratch))
    try:
        answer: Any = run_isolated(SCRIPT, *arguments, with_training=True)
    except ProcessFailed as failure:
        raise UnpackableArtifact(
            f"{model} ends the process that loads it and asks it {table.name} ({failure}): it may need more memory "
            "than there is. Take fewer rows, with --sample."
        ) from failure
    return found_in(answer, FrameInspected)


def _require_no_pandas(copied: Path) -> None:
    with copied.open("rb") as file:
        held = [name for name in inspect_pickle(file).imports if name.startswith("pandas.")]
    if held:
        raise UnpackableArtifact(
            f"The model keeps an object of pandas where it cannot be taken out ({held[0]}): give plain lists, arrays "
            "and functions of numpy as parameters, and fit again."
        )


def notes_on(table: TableForm, inspected: FrameInspected, proved: Proved) -> list[str]:
    """What the person should know of how the model was understood, and on what it was proved."""
    notes = []
    if inspected.model.searched:
        notes.append(f"Found by {' and '.join(inspected.model.searched)}: the artifact is the best estimator alone.")
    if inspected.unused:
        notes.append(f"The model does not take these columns of {table.name}: {listed(inspected.unused)}.")
    if inspected.unneeded:
        notes.append(
            f"Requests leave out what the model was fitted to and has no use for: {listed(inspected.unneeded)}."
        )
    notes += notes_on_targets(inspected.model)
    of_table = f" of {inspected.table_rows:,}" if inspected.rows < inspected.table_rows else ""
    made = f", and {len(inspected.made):,} made with gaps and unseen categories" if inspected.made else ""
    said = "no answer differs from the DataFrame's"
    if proved.inexact:
        said = (
            f"{proved.inexact:,} answers differ from the DataFrame's in their last digits, by {proved.largest:.1g} of "
            "the number at most"
        )
    notes.append(f"Proved on {inspected.rows:,}{of_table} rows of {table.name}{made}: {said}.")
    return notes
