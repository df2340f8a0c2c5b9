"""Measures one version on the rows held out: it answers them in an isolated process, and its answers are scored here.

So whichever version it is, nothing of it is unpickled here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from handler.records.signature import Value
from handler.registry.chain import VerifiedArtifact
from handler.rows.dtype import typed_rows
from training.errors import UnprovedArtifact
from training.fit.held_out import HeldOut
from training.isolation import ProcessFailed
from training.measuring.answers import Answers, answers_in, predictions_in
from training.measuring.asked import score
from training.measuring.calibration import calibration_error, standardized_bias
from training.measuring.metrics import NOT_JUDGED, measure
from training.measuring.space import points_of
from training.release.proof import run_on_version

SCRIPT = Path(__file__).with_name("measure_process.py")


@dataclass(frozen=True)
class Timed:
    """A version's answers to rows, as the HTTP contract has them, and the milliseconds of CPU that one row takes."""

    answers: list[dict[str, Any]]
    milliseconds: float


@dataclass(frozen=True)
class Measurement:
    """What one version scored on the rows held out.

    `metric` is None where nothing can be judged; `of_targets` are the scores of each of several targets; `calibration`
    is None for what has no probabilities to compare; `outliers` is the share of them that an outlier detection finds.
    """

    metric: float | None
    outliers: float | None
    of_targets: dict[str, float]
    calibration: float | None
    has_probabilities: bool
    milliseconds: float
    bytes: int


def measure_version(artifact: VerifiedArtifact, held_out: HeldOut) -> Measurement:
    """Have `artifact` answer the rows held out, and score it; raises UnprovedArtifact where it cannot answer them."""
    rows = _rows_for(artifact, held_out)
    try:
        timed = answer_and_time(artifact, rows)
    except ProcessFailed as failure:
        raise UnprovedArtifact(f"{artifact.manifest.version} cannot answer the rows held out: {failure}") from failure
    answers = _answers(timed.answers, held_out, artifact, rows)
    return Measurement(
        _metric(held_out, answers),
        measure(held_out.task, answers)[NOT_JUDGED] if held_out.task == "outlier_detection" else None,
        _of_targets(held_out, answers),
        _calibration(held_out, answers),
        "probabilities" in timed.answers[0],
        timed.milliseconds,
        artifact.manifest.artifact.bytes,
    )


def answer_and_time(artifact: VerifiedArtifact, rows: Sequence[Sequence[Value]]) -> Timed:
    """The answers of `artifact` to rows, whose values are in the order of its features; raises ProcessFailed, or
    UnprovedArtifact where it may not be loaded."""
    answered = run_on_version(SCRIPT, artifact, rows)
    return Timed(answered["answers"], float(answered["milliseconds"]))


def _rows_for(artifact: VerifiedArtifact, held_out: HeldOut) -> list[list[Any]]:
    """The rows held out, with the features of `artifact` in its order."""
    manifest = artifact.manifest
    kinds = dict(zip(held_out.features, held_out.kinds, strict=True))
    for feature in manifest.features:
        if kinds.get(feature.name) != feature.kind:
            raise UnprovedArtifact(f"The rows held out have no {feature.kind} named {feature.name!r}.")
    ours, theirs = (
        # A single target may have one name in a table, and another where the model was fitted.
        {target.name if held_out.targets else "": set(target.classes) for target in targets}
        for targets in (manifest.targets, held_out.all_targets)
    )
    if manifest.task != held_out.task or (ours != theirs and held_out.task != "clustering"):
        raise UnprovedArtifact("It answers other classes than the rows held out have.")
    places = [held_out.features.index(feature.name) for feature in manifest.features]
    return [[row[place] for place in places] for row in held_out.rows]


def _answers(
    given: list[dict[str, Any]], held_out: HeldOut, artifact: VerifiedArtifact, rows: list[list[Any]]
) -> Answers:
    targets = held_out.all_targets
    answers = answers_in(given, held_out.task, targets)
    if held_out.answers is not None:
        answers = replace(answers, actual=predictions_in(held_out.answers, held_out.task, targets))
    if held_out.task == "clustering":
        features = artifact.manifest.features
        answers = replace(answers, space=points_of(typed_rows(rows, features), features))
    return answers


def _metric(held_out: HeldOut, answers: Answers) -> float | None:
    if held_out.metric == NOT_JUDGED or (held_out.answers is None and held_out.task != "clustering"):
        return None
    return score(held_out.metric, held_out.task, answers)


def _of_targets(held_out: HeldOut, answers: Answers) -> dict[str, float]:
    """The score of each of several targets, which a mean would hide."""
    if held_out.task != "several_targets":
        return {}
    of_each = [f"{name}_{target.name}" for target in held_out.targets for name in ("r2", "accuracy")]
    return {name: value for name, value in measure(held_out.task, answers).items() if name in of_each}


def _calibration(held_out: HeldOut, answers: Answers) -> float | None:
    actual, predicted, probabilities = answers.actual, answers.predicted, answers.probabilities
    if actual is None:
        return None
    if held_out.task == "regression":
        return standardized_bias(actual, predicted)
    if held_out.task != "classification" or probabilities is None:
        return None
    return calibration_error(actual == np.argmax(probabilities, axis=1), probabilities.max(axis=1))
