"""Makes of a model that was fitted elsewhere the folder that `publish` takes.

The caller has read the file without running it, and its user has said that they trust it: only then is it loaded, in an
isolated process. What the model cannot say of itself comes from what its user states.
"""

import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from handler.records.decoding import decode
from handler.records.signature import Example, Target
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, verify_artifact
from handler.registry.manifest import CODE, Manifest, Training, version_of
from handler.registry.storage import Content, hold, parts_from
from training.bring.inspection_process import MODULES, Inspected
from training.bring.stated import Stated
from training.code.archive import CODE_FILE, code_file
from training.errors import UnpackableArtifact, listed
from training.folder.commit import git_commit
from training.folder.places import parameters_without_places
from training.folder.writing import ARTIFACT_FILE, artifact_file, public_name_of, write_files
from training.isolation import ProcessFailed, run_isolated
from training.release.proof import prove
from training.report.page import render_brought_report

SCRIPT = Path(__file__).with_name("inspection_process.py")


@dataclass(frozen=True)
class Packaged:
    """What was made, and what the person should know of how."""

    manifest: Manifest
    notes: tuple[str, ...]


def package(model: Path, stated: Stated, folder: Path) -> Packaged:
    """Load the file in an isolated process, prove it, and write the folder.

    Raises UnpackableArtifact, with what to change or what to say, UnprovedArtifact or InvalidFolder.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        copy = Path(scratch, ARTIFACT_FILE)
        inspected = _inspect_isolated(model, copy, stated)
        with copy.open("rb") as file:
            content = hold(partial(parts_from, file), copy.stat().st_size)
    manifest = manifest_of(model, stated, inspected, content)
    # Parsed again: the rules of a manifest are checked where it is read.
    prove(verify_artifact(Manifest.from_json(manifest.to_json()), content, code=stated.code))
    report = render_brought_report(manifest)
    files = {ARTIFACT_FILE: content, REPORT_FILE: report.encode(), MANIFEST_FILE: manifest.to_json().encode()}
    write_files(folder, code_files(stated) | files)
    return Packaged(manifest, tuple(notes_on(stated, inspected)))


def code_files(stated: Stated) -> dict[str, Content]:
    """The files of a folder for the modules that travel with the model."""
    return {} if stated.code is None else {CODE_FILE: stated.code}


def _inspect_isolated(model: Path, copy: Path, stated: Stated) -> Inspected:
    try:
        answer = run_isolated(SCRIPT, str(model), str(model.resolve()), str(copy), asdict(stated), modules=MODULES)
    except ProcessFailed as failure:
        raise UnpackableArtifact(
            f"{model} ends the process that loads it ({failure}): it needs more memory than there is, or libraries of "
            "another build. Fit it again with this project's versions."
        ) from failure
    if "refused" in answer:
        raise UnpackableArtifact(answer["refused"])
    return decode(Inspected, answer)


def manifest_of(model: Path, stated: Stated, inspected: Inspected, content: Content) -> Manifest:
    """The manifest of what `model` became, whose joblib form is `content`."""
    now, file = datetime.now(UTC), artifact_file(content)
    first, *others = inspected.examples
    return Manifest(
        name=stated.name,
        version=version_of(now, file.sha256),
        created_at=now.isoformat(timespec="seconds"),
        task=inspected.task,
        artifacts={"joblib": file} | ({} if stated.code is None else {CODE: code_file(stated.code)}),
        features=inspected.features,
        target=Target(stated.targets[0], inspected.classes, _spread_of(inspected.examples)),
        metrics={},
        runtime=inspected.runtime,
        training=Training(
            dataset=f"not known: packaged from {model.name}",
            dataset_sha256="",
            rows=0,
            estimator=public_name_of(inspected.module, inspected.qualname),
            parameters=parameters_without_places(inspected.parameters),
            seed=None,
            git_commit=git_commit(),
        ),
        example=first,
        more_examples=tuple(others),
    )


def _spread_of(examples: Sequence[Example]) -> float | None:
    """What is known of the spread of a regression's target: that of its answers to several rows."""
    answers = [example.prediction for example in examples if isinstance(example.prediction, float)]
    return statistics.pstdev(answers) or None if len(answers) > 1 else None


def notes_on(stated: Stated, inspected: Inspected) -> list[str]:
    """What the person should know of how the model was understood."""
    notes = []
    if inspected.searched:
        notes.append(f"Found by {' and '.join(inspected.searched)}: the artifact is the best estimator alone.")
    if inspected.is_guessed:
        names = listed([feature.name for feature in inspected.features])
        notes.append(
            "CHECK THIS: the model does not know its features' names, so they were taken in the order of the "
            f"example's keys: {names}. If it was fitted to columns in another order, every answer is for the "
            "wrong ones: say the order with --features."
        )
    pairs = zip(inspected.labels, inspected.classes, strict=True)
    renamed = [f"{label} is named {name}" for label, name in pairs if label != name]
    if renamed:
        notes.append(f"Classes: {listed(renamed)}.")
    rows, kept = len(stated.rows), len(inspected.examples)
    if kept < rows:
        notes.append(f"Proved on {kept} of {rows} rows: no more are kept in the manifest.")
    else:
        notes.append(f"Proved on {kept} row{'s' if kept > 1 else ''}.")
    return notes
