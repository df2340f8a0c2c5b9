"""Measures one version on the rows held out: it answers them in an isolated process, and its answers are scored here.

So whichever version it is, nothing of it is unpickled here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from handler.registry.chain import VerifiedArtifact
from training.errors import UnprovedArtifact
from training.fit.held_out import HeldOut
from training.isolation import ProcessFailed
from training.measuring.calibration import calibration_error, standardized_bias
from training.release.gate.recorded import RecordedClassifier, RecordedProbabilities, RecordedRegressor, score
from training.release.proof import run_on_version

SCRIPT = Path(__file__).with_name("measure_process.py")


@dataclass(frozen=True)
class Measurement:
    """What one version scored on the rows held out; `calibration` is None for a classifier without probabilities."""

    metric: float
    calibration: float | None
    has_probabilities: bool
    milliseconds: float
    bytes: int


def measure_version(artifact: VerifiedArtifact, held_out: HeldOut) -> Measurement:
    """Have `artifact` answer the rows held out, and score it; raises UnprovedArtifact where it cannot answer them."""
    rows = _rows_for(artifact, held_out)
    version, size = artifact.manifest.version, artifact.manifest.artifact.bytes
    try:
        answered = run_on_version(SCRIPT, artifact, rows)
    except ProcessFailed as failure:
        raise UnprovedArtifact(f"{version} cannot answer the rows held out: {failure}") from failure
    metric, calibration, has_probabilities = _scored(answered["answers"], held_out)
    return Measurement(metric, calibration, has_probabilities, float(answered["milliseconds"]), size)


def _rows_for(artifact: VerifiedArtifact, held_out: HeldOut) -> list[list[Any]]:
    """The rows held out, with the features of `artifact` in its order."""
    manifest = artifact.manifest
    kinds = dict(zip(held_out.features, held_out.kinds, strict=True))
    for feature in manifest.features:
        if kinds.get(feature.name) != feature.kind:
            raise UnprovedArtifact(f"The rows held out have no {feature.kind} named {feature.name!r}.")
    if manifest.task != held_out.task or set(manifest.target.classes) != set(held_out.classes):
        raise UnprovedArtifact("It answers other classes than the rows held out have.")
    places = [held_out.features.index(feature.name) for feature in manifest.features]
    return [[row[place] for place in places] for row in held_out.rows]


def _scored(answers: list[dict[str, Any]], held_out: HeldOut) -> tuple[float, float | None, bool]:
    """The metric, the error of calibration if there is one, and whether there are probabilities."""
    predicted = np.array([answer["prediction"] for answer in answers])
    if held_out.task == "regression":
        actual = np.array(held_out.answers, dtype=np.float64)
        return score(held_out.metric, RecordedRegressor(predicted), actual), standardized_bias(actual, predicted), False
    # Sorted, as the scorers expect of classes_.
    names = sorted(held_out.classes)
    truth = np.array(held_out.answers)
    if "probabilities" not in answers[0]:
        return score(held_out.metric, RecordedClassifier(names, predicted), truth), None, False
    probabilities = np.array([[answer["probabilities"][name] for name in names] for answer in answers])
    scored = score(held_out.metric, RecordedProbabilities(names, predicted, probabilities), truth)
    error = calibration_error(truth == np.array(names)[probabilities.argmax(axis=1)], probabilities.max(axis=1))
    return scored, error, True
