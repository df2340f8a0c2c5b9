"""Makes of a model that was fitted elsewhere the folder that `publish` takes.

The caller has read the file without running it, and its user has said that they trust it: only then is it loaded, in an
isolated process. What the model cannot say of itself comes from what its user states.
"""

import statistics
import tempfile
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from handler.records.decoding import decode
from handler.records.signature import Target
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, verify_artifact
from handler.registry.manifest import CODE, Manifest, Training, version_of
from handler.registry.storage import Content, hold, parts_from
from training.bring.inspection_process import MODULES, Inspected
from training.bring.stated import Stated
from training.bring.twin.isolated import with_twin
from training.code.archive import CODE_FILE, code_file
from training.errors import UnpackableArtifact, listed
from training.folder.commit import git_commit
from training.folder.places import parameters_without_places
from training.folder.writing import ARTIFACT_FILE, artifact_file, twin_files, write_files
from training.isolation import ProcessFailed, run_isolated
from training.release.proof import prove
from training.report.page import render_brought_report
from training.report.twin import with_twin_section
from training.twin.outcome import Outcome

SCRIPT = Path(__file__).with_name("inspection_process.py")

Found = TypeVar("Found")


@dataclass(frozen=True)
class Packaged:
    """What was made, and what the person should know of how; what became of the twin, if one was asked for."""

    manifest: Manifest
    notes: tuple[str, ...]
    twin: Outcome | None


def package(model: Path, stated: Stated, folder: Path, *, twin: bool = True) -> Packaged:
    """Load the file in an isolated process, prove it, make its `twin`, and write the folder.

    Raises UnpackableArtifact, with what to change or what to say, UnprovedArtifact or InvalidFolder.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        copy = Path(scratch, ARTIFACT_FILE)
        inspected = _inspect_isolated(model, copy, stated)
        with copy.open("rb") as file:
            content = hold(partial(parts_from, file), copy.stat().st_size)
    manifest = manifest_of(model, stated, inspected, content)
    # Parsed again: the rules of a manifest are checked where it is read.
    proved = verify_artifact(Manifest.from_json(manifest.to_json()), content, code=stated.code)
    prove(proved)
    manifest, outcome = with_twin(proved, [], twin=twin)
    report = with_twin_section(render_brought_report(manifest), outcome)
    files = {
        ARTIFACT_FILE: content,
        **twin_files(outcome),
        REPORT_FILE: report.encode(),
        MANIFEST_FILE: manifest.to_json().encode(),
    }
    write_files(folder, code_files(stated) | files)
    return Packaged(manifest, tuple(notes_on(stated, inspected)), outcome)


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
    return found_in(answer, Inspected)


def found_in(answer: dict[str, Any], record: type[Found]) -> Found:
    """What an inspection answered; raises UnpackableArtifact where it refused the model."""
    if "refused" in answer:
        raise UnpackableArtifact(answer["refused"])
    return decode(record, answer)


def manifest_of(model: Path, stated: Stated, inspected: Inspected, content: Content) -> Manifest:
    """The manifest of what `model` became, whose joblib form is `content`."""
    now, file = datetime.now(UTC), artifact_file(content)
    first, *others = inspected.examples
    target, *more_targets = [_with_spread(target, inspected) for target in inspected.targets]
    return Manifest(
        name=stated.name,
        version=version_of(now, file.sha256),
        created_at=now.isoformat(timespec="seconds"),
        task=inspected.task,
        artifacts={"joblib": file} | ({} if stated.code is None else {CODE: code_file(stated.code)}),
        features=inspected.features,
        target=target,
        metrics={},
        runtime=inspected.runtime,
        training=Training(
            dataset=f"not known: packaged from {model.name}",
            dataset_sha256="",
            rows=0,
            estimator=inspected.estimator,
            parameters=parameters_without_places(inspected.parameters),
            seed=None,
            git_commit=git_commit(),
        ),
        example=first,
        more_examples=tuple(others),
        more_targets=tuple(more_targets),
    )


def _with_spread(target: Target, inspected: Inspected) -> Target:
    """The target with what is known of the spread of a number: that of the model's answers to several rows."""
    if inspected.task not in ("regression", "several_targets") or target.classes:
        return target
    said = [example.prediction for example in inspected.examples]
    answers = [answer[target.name] if isinstance(answer, dict) else answer for answer in said]
    numbers = [answer for answer in answers if isinstance(answer, float)]
    return replace(target, spread=statistics.pstdev(numbers) or None if len(numbers) > 1 else None)


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
    notes += notes_on_targets(inspected)
    rows, kept = len(stated.rows), len(inspected.examples)
    if kept < rows:
        notes.append(f"Proved on {kept} of {rows} rows: no more are kept in the manifest.")
    else:
        notes.append(f"Proved on {kept} row{'s' if kept > 1 else ''}.")
    return notes


def notes_on_targets(inspected: Inspected) -> list[str]:
    """What the person should know of the names that targets, classes and labels got."""
    said = {
        "several_targets": ("targets", [target.name for target in inspected.targets], "--target, once for each"),
        "multilabel": ("labels", inspected.targets[0].classes, "--classes, with commas between them"),
    }
    notes = []
    if inspected.made_up:
        what, names, option = said[inspected.task]
        notes.append(
            f"CHECK THIS: the model does not know its {what}' names, so they are {listed(names)}, in the order of the "
            f"columns of y: say them with {option}."
        )
    if inspected.task == "multilabel":
        return notes
    for target, labels in zip(inspected.targets, inspected.labels, strict=True):
        renamed = [
            f"{label} is named {name}" for label, name in zip(labels, target.classes, strict=True) if label != name
        ]
        if renamed:
            of = f" of {target.name}" if len(inspected.targets) > 1 else ""
            notes.append(f"Classes{of}: {listed(renamed)}.")
    return notes
