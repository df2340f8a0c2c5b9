"""Real fitted estimators with their manifests, and registries that hold them, written by hand.

`training` makes and proves the sound ones; the tests of the handler also need what it would refuse to publish.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import numpy as np

from handler.engines.scikit_learn import FittedEstimator
from handler.engines.versions import installed_versions
from handler.records.signature import Example, Feature, Target, Value
from handler.registry.alias import Alias
from handler.registry.chain import verify_artifact
from handler.registry.manifest import ArtifactFile, Manifest, Training, sha256, version_of
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor, load_predictor

MOMENT = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True)
class Version:
    """What `versions/<version>/` holds, as far as the handler reads it."""

    manifest: Manifest
    artifact: bytes

    def write(self, root: Path) -> Path:
        """Let it serve as production from the registry at `root`, with digests that agree; gives `root`."""
        place = root / "versions" / self.manifest.version
        place.mkdir(parents=True, exist_ok=True)
        (place / self.manifest.artifact.file).write_bytes(self.artifact)
        manifest_json = self.manifest.to_json().encode()
        (place / "manifest.json").write_bytes(manifest_json)
        write_alias(root, self.manifest.version, sha256(manifest_json))
        return root

    def load(self) -> Predictor:
        """The version as the handler loads it."""
        return load_predictor(verify_artifact(self.manifest, self.artifact))

    def changed(self, **fields: Any) -> "Version":
        """This version with other fields in its manifest."""
        return Version(replace(self.manifest, **fields), self.artifact)


def alias_of(version: str, manifest_sha256: str) -> Alias:
    """An alias that names `version`."""
    return Alias(1, version, manifest_sha256, "2026-02-01T00:00:00+00:00", "tests", "to serve", None)


def write_alias(root: Path, version: str, manifest_sha256: str) -> None:
    """Let production name `version`."""
    (root / "aliases").mkdir(exist_ok=True)
    (root / "aliases" / "production.json").write_text(alias_of(version, manifest_sha256).to_json())


def version_with(
    estimator: Any,
    row: Sequence[Value],
    *,
    classes: Sequence[str] = (),
    features: Sequence[Feature] | None = None,
    example: Example | None = None,
) -> Version:
    """`estimator` as a version; a classification where it has `classes`, whose `row` becomes the example.

    The example's answer is the estimator's own unless `example` is given.
    """
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer)
    artifact = buffer.getvalue()
    described = tuple(features or (Feature(f"x{index}", "number") for index in range(len(row))))
    manifest = Manifest(
        name="tested",
        version=version_of(MOMENT, sha256(artifact)),
        created_at=MOMENT.isoformat(),
        task="classification" if classes else "regression",
        artifacts={"joblib": ArtifactFile("model.joblib", len(artifact), sha256(artifact))},
        features=described,
        target=Target("y", tuple(classes)),
        metrics={},
        runtime=installed_versions(),
        training=Training("made by a test", "0" * 64, 1, type(estimator).__name__, {}, None, None),
        example=example or _own_example(estimator, row, described, classes),
    )
    return Version(manifest, artifact)


def estimator_of(predictor: Predictor) -> Any:
    """The estimator that scikit-learn's engine has loaded, to look at it or to break it."""
    assert isinstance(predictor.model, FittedEstimator)
    return predictor.model.estimator


def _own_example(estimator: Any, row: Sequence[Value], features: Sequence[Feature], classes: Sequence[str]) -> Example:
    rows = typed_rows([row], features)
    answer = np.ravel(estimator.predict(rows))[0]
    if not classes:
        return Example(tuple(row), float(answer))
    index = list(estimator.classes_).index(answer)
    probabilities = None
    if hasattr(estimator, "predict_proba"):
        probabilities = dict(zip(classes, map(float, estimator.predict_proba(rows)[0]), strict=True))
    return Example(tuple(row), classes[index], index, probabilities)
