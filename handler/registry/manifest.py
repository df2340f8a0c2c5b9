"""The manifest: what one version of a model is, what it takes, what it answers, and the digests that prove it.

Artifacts are checked against it before they are unpickled, requests against its features, and the loaded model against
its examples. It holds statistics of the training data and a few real rows, never the data. How it becomes JSON, and how
a field is added, is in `manifest_format`.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from handler.errors.model import InvalidManifest
from handler.records.bins import CONFIDENCE, Bins, feature_bins, target_bins
from handler.records.decoding import needing, since
from handler.records.signature import Example, Feature, Target, Task, is_answer_of, names_all_different, values_until_2
from handler.registry.manifest_format import decode_json, document_in, oldest_format

CODE = "code"
"""The entry of `artifacts` that is no form of the model: modules of the model's owner, which it imports."""

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


InputForm = Literal["float32", "float64", "int64", "strings"]


@dataclass(frozen=True)
class Parity:
    """How nearly a twin answers as the joblib form does, measured before it was published.

    `rows` were asked, `boundary_rows` of them at the thresholds of trees. `largest_difference` is of a probability, or
    of another number as a share of the target's spread; `bound` is the most that was allowed of it. The labels of
    `labels_differing` rows differ, all of them nearer to a tie than twice the bound.
    """

    rows: int
    boundary_rows: int
    largest_difference: float
    bound: float
    labels_differing: int


@dataclass(frozen=True)
class ArtifactFile:
    """One file of a version: its name beside the manifest, its length in bytes, its SHA-256.

    Of the ONNX form, `input` is what its graph takes: a tensor of numbers, or strings too, and then an input for each
    feature. A twin has `parity`; where ONNX is the only form there is none.
    """

    file: str
    bytes: int
    sha256: str
    input: InputForm | None = field(default=None, metadata=since(4))
    parity: Parity | None = field(default=None, metadata=since(4))


@dataclass(frozen=True)
class Training:
    """Where the model came from: enough to make it again.

    `rows` are all of the data, `fitted_rows` those among them that the model was fitted to; None where not known. Of a
    model that was fitted elsewhere they are the rows of the table that it came with, as far as the API takes them.
    """

    dataset: str
    dataset_sha256: str
    rows: int
    estimator: str
    parameters: dict[str, Any]
    seed: int | None
    git_commit: str | None
    fitted_rows: int | None = field(default=None, metadata=since(5))


@dataclass(frozen=True)
class DriftRule:
    """When the values that clients send count as drifted: `handler.monitoring.drift` says how.

    `alpha` is how often a window without drift may alarm, over all features together; `floor` the population stability
    index (PSI) below which nothing counts, however certain it is.
    """

    alpha: float = 0.01
    floor: float = 0.1


@dataclass(frozen=True)
class Manifest:
    """Everything about one version. `runtime` maps python and the engine's libraries to versions.

    `artifacts` maps each form of the model to its file, and `CODE` to the modules that it imports, where it needs any.
    `more_targets` are those beside `target` of a model that predicts several. `drift` is None where the defaults do.
    """

    name: str
    version: str
    created_at: str
    task: Task = field(metadata=values_until_2("classification", "regression"))
    artifacts: dict[str, ArtifactFile] = field(metadata=needing(lambda files: 3 if CODE in files else 1))
    features: tuple[Feature, ...]
    target: Target
    metrics: dict[str, float]
    runtime: dict[str, str]
    training: Training
    example: Example
    more_examples: tuple[Example, ...] = field(default=(), metadata=since(2))
    more_targets: tuple[Target, ...] = field(default=(), metadata=since(3))
    drift: DriftRule | None = field(default=None, metadata=since(5))

    @property
    def format_version(self) -> int:
        """The oldest format that can say this manifest."""
        return oldest_format(self)

    @property
    def examples(self) -> tuple[Example, ...]:
        """All rows that the model must repeat, at least one."""
        return (self.example, *self.more_examples)

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that is predicted, in the order of the model's outputs."""
        return (self.target, *self.more_targets)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms in which the version has its model."""
        return tuple(form for form in self.artifacts if form != CODE)

    @property
    def form(self) -> str:
        """The form of the model that the version is named for, as a rule the only one."""
        named = [form for form in self.forms if self.version.endswith(self.artifacts[form].sha256[:8])]
        return (named or self.forms)[0]

    @property
    def artifact(self) -> ArtifactFile:
        """The file of `form`."""
        return self.artifacts[self.form]

    @property
    def code(self) -> ArtifactFile | None:
        """The file with the modules that the model imports beside what ships, if it needs any."""
        return self.artifacts.get(CODE)

    def only(self, form: str) -> "Manifest":
        """This manifest without the other forms of the model."""
        kept = {name: file for name, file in self.artifacts.items() if name in (form, CODE)}
        return self if len(kept) == len(self.artifacts) else replace(self, artifacts=kept)

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
    targets = manifest.targets
    rules = {
        "version must look like 20260131T235959Z-0123abcd": is_version(manifest.version),
        "artifacts must not be empty": bool(manifest.forms),
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
        "the categories of a feature must all be texts, or all be whole numbers": all(
            len({type(category) for category in feature.categories}) <= 1 for feature in manifest.features
        ),
        "a classification must name its classes, at least two and all different": manifest.task != "classification"
        or (len(targets[0].classes) >= 2 and names_all_different(targets[0].classes)),
        "several targets must have different names, and each class of one another name": names_all_different(
            [target.name for target in targets]
        )
        and all(names_all_different(target.classes) for target in targets),
        "a model of several targets, and no other, has more targets than one": (manifest.task == "several_targets")
        == (len(targets) > 1),
        "each example's features must have one value for each feature": all(
            len(example.features) == len(names) for example in manifest.examples
        ),
        "each example must have a prediction of the target's kind": all(
            is_answer_of(example, manifest.task, targets) for example in manifest.examples
        ),
        "counts must be one for each bin, none below 0": all(
            not counts or (len(counts) == len(bins.labels) and min(counts) >= 0) for counts, bins in _counted(manifest)
        ),
        "drift needs an alpha between 0 and 1, both excluded, and a floor of at least 0": manifest.drift is None
        or (0 < manifest.drift.alpha < 1 and manifest.drift.floor >= 0),
    }
    for rule, holds in rules.items():
        if not holds:
            raise InvalidManifest(f"The manifest breaks a rule: {rule}.")


def _counted(manifest: Manifest) -> Iterator[tuple[tuple[int, ...], Bins]]:
    """All counts in `manifest`, each with its bins."""
    for feature in manifest.features:
        yield feature.counts, feature_bins(feature)
    for target in manifest.targets:
        yield target.answers, target_bins(manifest.task, target)
        yield target.confidence, CONFIDENCE
