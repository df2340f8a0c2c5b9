"""Takes a model that was fitted elsewhere and makes of it the folder that `publish` takes.

The file is first read without running it (`training.pickle_imports`), and refused where Lambda could not load it. Only
when its user vouches for it is it loaded, in a process of its own that has what Lambda has. What the model cannot say
of itself is asked for.
"""

import json
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sklearn

from handler.decoding import Undecodable, decode
from handler.manifest import (
    ArtifactFile,
    Example,
    Feature,
    Manifest,
    Target,
    Task,
    Training,
    Value,
    sha256,
    version_of,
)
from handler.registry import MANIFEST_FILE, REPORT_FILE, VerifiedArtifact, verify_artifact
from handler.runtime import installed_versions
from training.errors import UnpackableArtifact, UnprovedArtifact
from training.folder import ARTIFACT_FILE, git_commit, public_name_of, replace_file
from training.isolation import run_isolated
from training.pickle_imports import PickleContents
from training.places import parameters_without_places
from training.proof import prove
from training.report import render_package_report

SCRIPT = Path(__file__).with_name("foreign_process.py")

SHIPPED = ("sklearn", "numpy", "scipy", "joblib")
STANDARD = ("builtins", "copyreg", "collections", "functools", "_codecs", "datetime", "decimal", "operator", "types")
"""Of the standard library, what models hold; anything else of it in a model is a sign of something else."""


NEVER_IN_A_MODEL = {
    f"builtins.{name}" for name in ("eval", "exec", "compile", "open", "__import__", "input", "breakpoint")
}
"""Built-in functions that run or read something: what holds one does more than to be a model."""


@dataclass(frozen=True)
class Told:
    """What the person says of the model; None means: find out."""

    name: str
    features: tuple[Feature, ...] | None
    classes: tuple[str, ...] | None
    target: str
    example: Any


def require_loadable(contents: PickleContents) -> None:
    """Raise UnpackableArtifact, naming the import and the line to change, where Lambda could not load the file."""
    for imported in contents.imports:
        module, _, _ = imported.partition(".")
        if imported in NEVER_IN_A_MODEL:
            raise UnpackableArtifact(f"The file calls {imported}, which no model needs: ask whoever made it.")
        if module not in (*SHIPPED, *STANDARD):
            raise UnpackableArtifact(_advice(imported, module))
    different = [version for version in contents.sklearn_versions if version != sklearn.__version__]
    if different:
        raise UnpackableArtifact(
            f"The model was fitted under scikit-learn {different[0]}; the function has {sklearn.__version__}. Fit it "
            f"again under {sklearn.__version__}, or pin {different[0]} in handler/requirements.in and run `make lock`."
        )


def package(path: Path, told: Told, folder: Path) -> Manifest:
    """Load the file in a process of its own, prove it, and write the folder. The caller has been told to trust it.

    Raises UnpackableArtifact, with what to change or what to say, or UnprovedArtifact.
    """
    with tempfile.TemporaryDirectory(prefix="package-") as scratch:
        copy = Path(scratch, ARTIFACT_FILE)
        row = _row(told)
        facts = _facts(path, copy, row)
        data = copy.read_bytes()
    _require_by_position(facts)
    features = _features(told, facts, row)
    task = cast(Task, facts["task"])
    classes = _classes(told, facts) if task == "classification" else ()
    manifest = _manifest(path, told, facts, features, classes, _example(row, facts, classes), data)
    # Parsed again: the rules of a manifest are checked where it is read.
    artifact: VerifiedArtifact = verify_artifact(Manifest.from_json(manifest.to_json()), data)
    prove(artifact)
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / ARTIFACT_FILE, data)
    replace_file(folder / REPORT_FILE, render_package_report(manifest).encode())
    replace_file(folder / MANIFEST_FILE, manifest.to_json().encode())
    return manifest


def parse_features(text: str) -> tuple[Feature, ...]:
    """Names parted by commas, all numbers; or the path of a JSON file that lists features as a manifest does."""
    if not text.endswith(".json"):
        return tuple(Feature(name.strip(), "number") for name in text.split(","))
    try:
        listed = json.loads(Path(text).read_text(encoding="utf-8"))
        return tuple(decode(Feature, item, f"feature {index}") for index, item in enumerate(listed))
    except (OSError, ValueError, TypeError, Undecodable) as error:
        raise UnpackableArtifact(
            f'{text} must be a list such as [{{"name": "age", "kind": "number"}}, {{"name": "plan", '
            f'"kind": "category", "categories": ["basic", "pro"]}}]: {error}.'
        ) from error


def _advice(imported: str, module: str) -> str:
    if module == "__main__":
        return (
            f"The model holds {imported.removeprefix('__main__.')!r}, which was defined in the script that fitted it, "
            "and Lambda does not have that script. Put a class of scikit-learn in its place, or do that step before "
            "the request."
        )
    if module in ("cloudpickle", "dill"):
        return (
            f"The model holds a lambda or a local function (it was written with {module}). In the line that says "
            "FunctionTransformer(lambda …), name a function of numpy instead, as in FunctionTransformer(numpy.log1p)."
        )
    if module == "pandas":
        return (
            "The model holds an object of pandas, which Lambda does not have. Fit it to arrays: "
            "model.fit(frame.to_numpy(), target.to_numpy())."
        )
    return (
        f"The model imports {imported}, and the function has {', '.join(SHIPPED)} and nothing else. Put a class of "
        "scikit-learn in its place, and fit again."
    )


def _row(told: Told) -> list[Value]:
    """The example in the order of the features; in its own order where those were not given."""
    if isinstance(told.example, Mapping):
        if told.features is None:
            return _floats(told.example.values())
        names = [feature.name for feature in told.features]
        if set(names) != set(told.example):
            raise UnpackableArtifact(f"The example must have a value for each of {', '.join(names)}, and no others.")
        return _floats(told.example[name] for name in names)
    if not isinstance(told.example, list) or not told.example:
        raise UnpackableArtifact("The example must be one row: a JSON list of values, or an object of named values.")
    return _floats(told.example)


def _floats(values: Iterable[Any]) -> list[Value]:
    """JSON's whole numbers as the floats that a request's become."""
    return [float(value) if type(value) is int else value for value in values]


def _facts(path: Path, copy: Path, row: list[Value]) -> dict[str, Any]:
    try:
        outcome = run_isolated(SCRIPT, [str(path.resolve()), str(copy)], json.dumps(row))
    except subprocess.TimeoutExpired as error:
        raise UnprovedArtifact(f"{path} did not load within {error.timeout:.0f} s.") from error
    if outcome.returncode != 0:
        reason = outcome.stderr.strip().splitlines()[-1:] or [f"the process ended with {outcome.returncode}"]
        raise UnpackableArtifact(f"{path} was refused: {reason[0]}")
    facts: dict[str, Any] = json.loads(outcome.stdout)
    if facts["task"] is None:
        raise UnpackableArtifact(f"{path} holds a {facts['class'][1]}, which neither classifies nor regresses.")
    if facts["features"] not in (None, len(row)):
        raise UnpackableArtifact(f"The model takes {facts['features']} values, the example has {len(row)}.")
    return facts


def _require_by_position(facts: Mapping[str, Any]) -> None:
    """Raise UnpackableArtifact where columns are chosen by name, which only DataFrames know; with the new lines."""
    lines = []
    for name, step, columns in facts["by_name"]:
        places = [facts["names"].index(column) for column in columns if column in facts["names"]]
        lines.append(f"  ({name!r}, {step}(…), {columns!r})  becomes  ({name!r}, {step}(…), {places!r})")
    if lines:
        raise UnpackableArtifact(
            "The model chooses columns by name, which needs a DataFrame, and Lambda has no pandas. Choose them by "
            "position and fit to frame.to_numpy():\n" + "\n".join(lines)
        )


def _features(told: Told, facts: Mapping[str, Any], row: Sequence[Value]) -> tuple[Feature, ...]:
    features = told.features
    if features is None:
        names = list(told.example) if isinstance(told.example, Mapping) else facts["names"]
        if not names:
            raise UnpackableArtifact(
                "The model does not know its features' names: say them with --features, in the order of its columns."
            )
        features = tuple(Feature(str(name), "number") for name in names)
    if len(features) != len(row):
        raise UnpackableArtifact(f"{len(features)} features are named, and the example has {len(row)} values.")
    found = []
    for index, (feature, value) in enumerate(zip(features, row, strict=True)):
        categories = tuple(facts["categories"].get(str(index), ()))
        if feature.kind == "number" and (categories or isinstance(row[index], str)):
            if not categories:
                raise UnpackableArtifact(
                    f"{feature.name!r} is a text in the example, and the model does not say which texts it knows: give "
                    "--features a JSON file that lists its categories."
                )
            feature = replace(feature, kind="category", categories=categories)
        found.append(replace(feature, nullable=feature.nullable or value is None))
    return tuple(found)


def _classes(told: Told, facts: Mapping[str, Any]) -> tuple[str, ...]:
    own = [str(value) for value in facts["classes"]]
    if told.classes is None:
        return tuple(own)
    if len(told.classes) != len(own):
        raise UnpackableArtifact(
            f"The model has {len(own)} classes ({', '.join(own[:10])}); {len(told.classes)} are named."
        )
    return told.classes


def _example(row: Sequence[Value], facts: Mapping[str, Any], classes: Sequence[str]) -> Example:
    values = tuple(row)
    if facts["task"] == "regression":
        return Example(values, float(facts["prediction"]))
    index = facts["classes"].index(facts["prediction"])
    probabilities = facts.get("probabilities")
    return Example(
        values,
        classes[index],
        index,
        dict(zip(classes, probabilities, strict=True)) if probabilities is not None else None,
    )


def _manifest(
    path: Path,
    told: Told,
    facts: Mapping[str, Any],
    features: tuple[Feature, ...],
    classes: tuple[str, ...],
    example: Example,
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
        target=Target(told.target, classes),
        metrics={},
        runtime=installed_versions(),
        training=Training(
            dataset=f"not known: packaged from {path.name}",
            dataset_sha256="",
            rows=0,
            estimator=public_name_of(*facts["class"]),
            parameters=parameters_without_places(facts.get("parameters", {})),
            seed=None,
            git_commit=git_commit(),
        ),
        example=example,
    )
