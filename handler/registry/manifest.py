"""The manifest: what one version of a model is, what it takes, what it answers, and the digests that prove it.

Artifacts are checked against it before they are unpickled, requests against its features, and the loaded model against
its examples. It holds statistics of the training data and a few real rows, never the data. How it becomes JSON, and how
a field is added, is in `manifest_format`.
"""

import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from handler.errors.model import InvalidManifest
from handler.registry.decoding import since
from handler.registry.manifest_format import decode_json, document_in, oldest_format

Task = Literal["classification", "regression"]
Kind = Literal["number", "category"]
Value = float | str | None

_VERSION = re.compile(r"[0-9]{8}T[0-9]{6}Z-[0-9a-f]{8}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_FILE_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def is_version(text: str) -> bool:
    """Whether `text` has the form of a version; one that has is safe as part of a path or key."""
    return _VERSION.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Whether `text` is a SHA-256 as the registry writes it: 64 lower-case hex digits."""
    return _DIGEST.fullmatch(text) is not None


def sha256(data: bytes) -> str:
    """The digest that aliases and manifests hold, of `data`."""
    return hashlib.sha256(data).hexdigest()


def version_of(created_at: datetime, artifact_sha256: str) -> str:
    """The version of an artifact: when it was made, to the second in UTC, and the head of its digest."""
    return f"{created_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{artifact_sha256[:8]}"


@dataclass(frozen=True)
class ArtifactFile:
    """One file of a version: its name beside the manifest, its length in bytes, its SHA-256."""

    file: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Domain:
    """What the model can take of a number at all, whatever training saw: one of `values`, or what the bounds hold.

    The bounds are those of JSON Schema ("JSON Schema Validation", 6.2); None is no bound, no `values` are no list.
    """

    values: tuple[float, ...] = ()
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None


@dataclass(frozen=True)
class Feature:
    """One input, in the order of the estimator's columns.

    A number has the range, mean, standard deviation and the 11 quantiles (0, 10, … 100 %) seen in training; a category
    has the values seen in training. `nullable` says whether training saw gaps, and so whether null is taken;
    `allow_unknown` whether a category takes other values too, answered as a gap is. `typical` is a number's median or
    the most frequent category, to be shown as an example. `domain` is None where the model takes every number.
    """

    name: str
    kind: Kind
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    allow_unknown: bool = False
    typical: Value = field(default=None, metadata=since(2))
    domain: Domain | None = field(default=None, metadata=since(2))


@dataclass(frozen=True)
class Target:
    """What is predicted. `classes[i]` is the name of the estimator's i-th class; empty for regression.

    `spread` is the standard deviation (ddof 0) of a regression's target among the rows fitted; None: not known.
    """

    name: str
    classes: tuple[str, ...] = ()
    spread: float | None = field(default=None, metadata=since(2))


@dataclass(frozen=True)
class Training:
    """Where the model came from: enough to make it again."""

    dataset: str
    dataset_sha256: str
    rows: int
    estimator: str
    parameters: dict[str, Any]
    seed: int | None
    git_commit: str | None


@dataclass(frozen=True)
class Example:
    """A real row and the model's answer to it, which the handler must get again before it serves. Clients see none."""

    features: tuple[Value, ...]
    prediction: float | str
    prediction_index: int | None = None
    probabilities: dict[str, float] | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything about one version. `runtime` maps python and the engine's libraries to versions."""

    name: str
    version: str
    created_at: str
    task: Task
    artifacts: dict[str, ArtifactFile]
    features: tuple[Feature, ...]
    target: Target
    metrics: dict[str, float]
    runtime: dict[str, str]
    training: Training
    example: Example
    more_examples: tuple[Example, ...] = field(default=(), metadata=since(2))

    @property
    def format_version(self) -> int:
        """The oldest format that can say this manifest."""
        return oldest_format(self)

    @property
    def examples(self) -> tuple[Example, ...]:
        """All rows that the model must repeat, at least one."""
        return (self.example, *self.more_examples)

    @property
    def form(self) -> str:
        """The form of the model that the version is named for, as a rule the only one."""
        named = [form for form, file in self.artifacts.items() if self.version.endswith(file.sha256[:8])]
        return (named or list(self.artifacts))[0]

    @property
    def artifact(self) -> ArtifactFile:
        """The file of `form`."""
        return self.artifacts[self.form]

    def only(self, form: str) -> "Manifest":
        """This manifest without the other forms of the model."""
        return self if len(self.artifacts) == 1 else replace(self, artifacts={form: self.artifacts[form]})

    def document(self) -> dict[str, Any]:
        """The manifest as JSON's objects and lists, without the fields that its format does not have."""
        written = self.format_version
        return {"format_version": written, **document_in(written, self)}

    def to_json(self) -> str:
        """The manifest as the registry keeps it. The round trip is a law: `from_json(m.to_json()) == m`."""
        return json.dumps(self.document(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> "Manifest":
        """Parse and check a manifest.

        Raises UnknownManifestFormat where a later release wrote it, InvalidManifest where it is not one.
        """
        manifest = decode_json(cls, text)
        _check(manifest)
        return manifest


def _check(manifest: Manifest) -> None:
    """Raise InvalidManifest where the fields are each well typed but do not make sense together."""
    names = [feature.name for feature in manifest.features]
    classes = manifest.target.classes
    rules = {
        "version must look like 20260131T235959Z-0123abcd": is_version(manifest.version),
        "artifacts must not be empty": bool(manifest.artifacts),
        "each artifact's file must be a plain file name": all(
            _FILE_NAME.fullmatch(artifact.file) for artifact in manifest.artifacts.values()
        ),
        "each artifact's sha256 must be 64 lower-case hex digits": all(
            is_digest(artifact.sha256) for artifact in manifest.artifacts.values()
        ),
        "features must not be empty": bool(names),
        "features must have different names": len(set(names)) == len(names),
        "a feature of kind 'category' must list its categories": all(
            feature.categories for feature in manifest.features if feature.kind == "category"
        ),
        "a classification must name its classes, at least two and all different": manifest.task == "regression"
        or (len(classes) >= 2 and len(set(classes)) == len(classes)),
        "each example's features must have one value for each feature": all(
            len(example.features) == len(names) for example in manifest.examples
        ),
        "each example must have a prediction of the target's kind": all(
            _example_fits(example, manifest) for example in manifest.examples
        ),
    }
    for rule, holds in rules.items():
        if not holds:
            raise InvalidManifest(f"The manifest breaks a rule: {rule}.")


def _example_fits(example: Example, manifest: Manifest) -> bool:
    classes = manifest.target.classes
    if manifest.task == "regression":
        return isinstance(example.prediction, float)
    index = example.prediction_index
    return index is not None and 0 <= index < len(classes) and classes[index] == example.prediction
