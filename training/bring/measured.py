"""Measures a brought model on the rows of a table: metrics, examples, a full report, and the rows of the gate.

All is done as `train` does it with the rows that it holds out, in an isolated process: nothing of a brought model is
unpickled here. Whether the model was fitted to these very rows is not known, and the report says so. In the manifest,
the rows of the table that the API takes stand for those that were fitted, and those measured for those held out.
"""

import dataclasses
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from handler.records.decoding import decode
from handler.records.signature import INLIER, OUTLIER, Prediction, Target, Value
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_column
from training.data.statistics import with_counts
from training.errors import UnpackableArtifact, UnprovedArtifact
from training.fit.description import DEFAULT_GATE, DEFAULT_SEED, GateSpec
from training.fit.held_out import HeldOut
from training.isolation import ProcessFailed
from training.measuring.taken import places_taken
from training.release.proof import run_on_version

SCRIPT = Path(__file__).with_name("measured_process.py")

MOST_ROWS = 20_000
"""So many rows are measured, drawn by the seed: more would not move a metric's third digit."""

OUTLIERS = {"-1": OUTLIER, "1": INLIER}
MARKS = {"1": OUTLIER, "true": OUTLIER, "0": INLIER, "false": INLIER}
NAMES = {OUTLIER: OUTLIER, INLIER: INLIER}
"""What a column of true outliers may hold. A 1 is an inlier beside -1, as scikit-learn has it, else an outlier."""


@dataclass(frozen=True)
class TableRows:
    """The rows of a table as a request would have them, in the order of the features.

    `dataset` is the table's base name. `answers` are the true ones, as `prediction` in the HTTP contract has them, None
    for a row whose target is a gap; of an outlier detection also what OUTLIERS or MARKS say. They are None where the
    table has no target.
    """

    dataset: str
    dataset_sha256: str
    values: Sequence[Sequence[Value]]
    answers: Sequence[Any] | None


@dataclass(frozen=True)
class Measured:
    """The draft's manifest with metrics, examples and spread; the report; the rows of the gate."""

    manifest: Manifest
    report: str
    held_out: HeldOut


def measure(
    draft: VerifiedArtifact, rows: TableRows, metric: str | None = None, gate: GateSpec = DEFAULT_GATE
) -> Measured:
    """Measure `draft`, whose features are known, on `rows`; `metric` is a scorer of scikit-learn that the gate uses.

    Raises UnpackableArtifact where the model answers none of them, or the true answers are none that it could give.
    """
    chosen = _drawn(rows)
    manifest = draft.manifest
    taken = places_taken(rows.values, manifest.features)
    training = dataclasses.replace(
        manifest.training,
        dataset=rows.dataset,
        dataset_sha256=rows.dataset_sha256,
        rows=len(rows.values),
        fitted_rows=len(taken),
    )
    features = tuple(
        with_counts(feature, typed_column([rows.values[row][place] for row in taken], feature))
        for place, feature in enumerate(manifest.features)
    )
    manifest = dataclasses.replace(manifest, features=features, training=training)
    truth = None if rows.answers is None else [rows.answers[place] for place in chosen]
    if truth is not None and manifest.task == "outlier_detection":
        truth = outliers_named(truth)
    values = [list(rows.values[place]) for place in chosen]
    try:
        found = run_on_version(
            SCRIPT,
            dataclasses.replace(draft, manifest=manifest),
            values,
            truth,
            metric,
            asdict(gate),
            with_training=True,
        )
    except ProcessFailed as failure:
        raise UnprovedArtifact(f"The model could not be measured on {rows.dataset}: {failure}") from failure
    if "refused" in found:
        raise UnpackableArtifact(found["refused"])
    told = Manifest.from_json(found["manifest"])
    measured = dataclasses.replace(
        manifest,
        metrics=told.metrics,
        example=told.example,
        more_examples=told.more_examples,
        target=_with_measured(manifest.target, told.target),
        more_targets=tuple(
            _with_measured(ours, theirs) for ours, theirs in zip(manifest.more_targets, told.more_targets, strict=True)
        ),
    )
    return Measured(measured, found["report"], decode(HeldOut, found["held_out"]))


def _with_measured(target: Target, told: Target) -> Target:
    """`target` with what was measured of it; no other word of the isolated process is taken."""
    return dataclasses.replace(
        target, spread=told.spread, quantiles=told.quantiles, answers=told.answers, confidence=told.confidence
    )


def outliers_named(column: Sequence[Any]) -> list[Prediction | None]:
    """A column of true outliers as an outlier detection answers: texts outlier and inlier, -1 and 1, or true (or 1) for
    an outlier and false (or 0). Raises UnpackableArtifact where it holds something else, or 1 alone."""
    texts = [None if value is None else _text(value) for value in column]
    found = {text for text in texts if text is not None}
    for names in (NAMES, OUTLIERS, MARKS):
        if found <= names.keys() and found != {"1"}:
            return [None if text is None else names[text] for text in texts]
    held = ", ".join(sorted(found)[:5])
    raise UnpackableArtifact(
        f"The target must say which rows are outliers: outlier and inlier, -1 and 1, true and false, or 1 and 0; it "
        f"holds {held}. Leave --target out where that is not known."
    )


def _text(value: Any) -> str:
    text = str(value).strip().lower()
    return text.removesuffix(".0") if isinstance(value, float) else text


def _drawn(rows: TableRows) -> list[int]:
    """The places of the rows to measure, whose answers are known if there are any: shuffled, since a table may be
    sorted."""
    places = [place for place in range(len(rows.values)) if rows.answers is None or rows.answers[place] is not None]
    random.Random(DEFAULT_SEED).shuffle(places)  # noqa: S311 - not for secrets
    return places[:MOST_ROWS]
