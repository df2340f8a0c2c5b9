"""Takes a model that was fitted elsewhere and makes of it the folder that `publish` takes.

The file is first read without running it (`training.bring.pickles.imports`), and refused where Lambda could not load it
(`training.bring.pickles.loadable`). Only when its user vouches for it is it loaded, in a process of its own that has
what Lambda has. What the model cannot say of itself is asked for.
"""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from handler.engines.versions import installed_versions
from handler.registry.chain import MANIFEST_FILE, REPORT_FILE, VerifiedArtifact, verify_artifact
from handler.registry.manifest import (
    ArtifactFile,
    Example,
    Feature,
    Manifest,
    Target,
    Task,
    Training,
    sha256,
    version_of,
)
from training.bring.answers import examples_of, failure_told, kept_examples, spread_of
from training.bring.example_rows import Row
from training.bring.features import features_of, known_of
from training.bring.naming import class_names, listed, names_in_order, values_in_order
from training.errors import InvalidFolder, UnpackableArtifact, UnprovedArtifact
from training.folder.places import parameters_without_places
from training.folder.writing import ARTIFACT_FILE, git_commit, public_name_of, replace_file
from training.isolation import run_isolated
from training.release.proof import prove
from training.report.page import render_package_report

SCRIPT = Path(__file__).with_name("inspection_process.py")
MODULES = tuple(
    f"training.{name}"
    for name in ("bring.estimator", "folder.domains", "folder.column_steps", "folder.parameters", "folder.places")
)
"""What SCRIPT imports of `training`."""


@dataclass(frozen=True)
class Told:
    """What the person says of the model; None means: find out. `rows` are the examples, at least one."""

    name: str
    features: tuple[Feature, ...] | None
    classes: tuple[str, ...] | None
    target: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class Packaged:
    """What was made, and what the person should know of how."""

    manifest: Manifest
    notes: tuple[str, ...]


def package(path: Path, told: Told, folder: Path) -> Packaged:
    """Load the file in a process of its own, prove it, and write the folder. The caller has been told to trust it.

    Raises UnpackableArtifact, with what to change or what to say, UnprovedArtifact or InvalidFolder.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        copy = Path(scratch, ARTIFACT_FILE)
        facts = _ask(path, "describe", str(path.resolve()), str(copy))
        _require_by_position(facts)
        names, is_guess = names_in_order(facts["names"], told.features, told.rows)
        if facts["features"] not in (None, len(names)):
            raise UnpackableArtifact(
                f"The model takes {facts['features']} values, and {len(names)} features are named ({listed(names)}): "
                "it cannot answer the example."
            )
        rows = values_in_order(told.rows, names)
        features = features_of(names, told.features, known_of(facts), rows)
        own = [name for name, _ in facts["classes"]]
        classes = class_names(own, told.classes, [kind for _, kind in facts["classes"]]) if own else ()
        kinds = [feature.kind for feature in features]
        said = _ask(path, "answer", str(copy), given=json.dumps({"rows": rows, "kinds": kinds}))
        if "failed" in said:
            raise UnpackableArtifact(failure_told(said, features, rows[said["row"]]))
        data = copy.read_bytes()
    examples = kept_examples(examples_of(rows, said, classes))
    manifest = _manifest(path, told, facts, features, classes, examples, data)
    # Parsed again: the rules of a manifest are checked where it is read.
    artifact: VerifiedArtifact = verify_artifact(Manifest.from_json(manifest.to_json()), data)
    prove(artifact)
    _write(folder, manifest, data)
    return Packaged(manifest, tuple(_notes(told, facts, own, classes, names if is_guess else (), len(examples))))


def _ask(path: Path, what: str, *arguments: str, given: str = "") -> dict[str, Any]:
    """What SCRIPT says; raises UnpackableArtifact where it refuses the model."""
    try:
        outcome = run_isolated(SCRIPT, [what, *arguments], given, modules=MODULES)
    except subprocess.TimeoutExpired as error:
        raise UnprovedArtifact(f"{path} did not load or answer within {error.timeout:.0f} s.") from error
    if outcome.returncode != 0:
        raise UnpackableArtifact(
            f"{path} ends the process that asks it (exit code {outcome.returncode}): it needs more memory than there "
            "is, or libraries of another build. Fit it again with this project's versions."
        )
    try:
        said: dict[str, Any] = json.loads(outcome.stdout)
    except ValueError as error:
        raise UnpackableArtifact(f"{path} runs code that writes to standard output: ask whoever made it.") from error
    if "refused" in said:
        raise UnpackableArtifact(f"{path} cannot be served. {said['refused']}")
    return said


def _require_by_position(facts: Mapping[str, Any]) -> None:
    """Raise UnpackableArtifact where columns are chosen by name, which only DataFrames know; with the new lines."""
    lines = [
        f"  ({name!r}, {step}, {columns!r})  becomes  ({name!r}, {step}, {places!r})"
        for name, step, columns, places in facts["by_name"]
    ]
    if lines:
        raise UnpackableArtifact(
            "The model chooses columns by name, which needs a DataFrame, and Lambda has no pandas. Choose them by "
            "position and fit to frame.to_numpy():\n" + "\n".join(lines)
        )


def _notes(
    told: Told,
    facts: Mapping[str, Any],
    own: Sequence[str],
    classes: Sequence[str],
    guessed: Sequence[str],
    kept: int,
) -> list[str]:
    notes = []
    if facts["searched"]:
        notes.append(f"Found by {' and '.join(facts['searched'])}: the artifact is the best estimator alone.")
    if guessed:
        notes.append(
            "CHECK THIS: the model does not know its features' names, so they were taken in the order of the "
            f"example's keys: {listed(guessed)}. If it was fitted to columns in another order, every answer is for the "
            "wrong ones: say the order with --features."
        )
    renamed = [f"{label} is named {name}" for label, name in zip(own, classes, strict=True) if label != name]
    if renamed:
        notes.append(f"Classes: {listed(renamed)}.")
    if kept < len(told.rows):
        notes.append(f"Proved on {kept} of {len(told.rows)} rows: no more are kept in the manifest.")
    else:
        notes.append(f"Proved on {kept} row{'s' if kept > 1 else ''}.")
    return notes


def _manifest(
    path: Path,
    told: Told,
    facts: Mapping[str, Any],
    features: tuple[Feature, ...],
    classes: tuple[str, ...],
    examples: Sequence[Example],
    data: bytes,
) -> Manifest:
    now, digest = datetime.now(UTC), sha256(data)
    return Manifest(
        name=told.name,
        version=version_of(now, digest),
        created_at=now.isoformat(timespec="seconds"),
        task=cast(Task, facts["task"]),
        artifacts={"joblib": ArtifactFile(ARTIFACT_FILE, len(data), digest)},
        features=features,
        target=Target(told.target, classes, spread_of(examples)),
        metrics={},
        runtime=installed_versions(),
        training=Training(
            dataset=f"not known: packaged from {path.name}",
            dataset_sha256="",
            rows=0,
            estimator=public_name_of(*facts["class"]),
            parameters=parameters_without_places(facts["parameters"]),
            seed=None,
            git_commit=git_commit(),
        ),
        example=examples[0],
        more_examples=tuple(examples[1:]),
    )


def _write(folder: Path, manifest: Manifest, data: bytes) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / ARTIFACT_FILE, data)
        replace_file(folder / REPORT_FILE, render_package_report(manifest).encode())
        replace_file(folder / MANIFEST_FILE, manifest.to_json().encode())
    except OSError as error:
        raise InvalidFolder(f"{folder} cannot be written ({error.strerror}): name another with --out.") from error
