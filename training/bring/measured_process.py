"""What an isolated process does to measure a brought model: the handler answers the rows, the rest is as in `train`."""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import get_scorer_names

from handler.engines.choice import form_for
from handler.errors.request import RequestError
from handler.records.decoding import decode
from handler.records.signature import Target
from handler.registry.chain import checked_manifest, manifest_bytes, read_artifact
from handler.registry.directory_store import DirectoryStore
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor, load_predictor
from training.errors import InvalidTable
from training.fit.description import DEFAULT_SEED, GateSpec
from training.fit.evaluation import evaluate
from training.fit.held_out import held_out_of
from training.fit.trained_model import TrainedModel
from training.folder.examples import examples_among
from training.measuring.answers import predictions_in
from training.measuring.asked import as_estimator
from training.measuring.taken import places_taken
from training.report.page import render_measured_report

IMPORTANCE_SECONDS = 120.0
"""A model that takes longer to answer shuffled rows gets a report without the importances of its features."""

AT_ONCE = 256
"""Where rows are refused, so many are asked at once, and one by one if one of them is."""


def main(
    registry: str,
    version: str,
    values: list[list[Any]],
    truth: list[Any] | None,
    metric: str | None,
    gate: dict[str, Any],
) -> dict[str, Any]:
    """The measured manifest, its report and the rows of the gate; or `{"refused": sentence}`."""
    warnings.simplefilter("ignore")
    store = DirectoryStore(Path(registry))
    manifest = checked_manifest(manifest_bytes(store, version), version)
    predictor = load_predictor(read_artifact(store, manifest, form_for(manifest)))
    kept = answered(predictor, values)
    dataset = manifest.training.dataset
    if not kept:
        return {"refused": f"The model answers no row of {dataset} that the API would take."}
    try:
        actual = None if truth is None else predictions_in([_plain(truth[row]) for row in kept], *_predicting(manifest))
    except KeyError as error:
        known = ", ".join(manifest.target.classes[:20])
        return {"refused": f"The target of {dataset} has {error.args[0]!r}, and the model's classes are {known}."}
    rows = typed_rows([values[row] for row in kept], manifest.features)
    model = _as_trained(predictor, rows, actual, metric, decode(GateSpec, gate))
    try:
        measured = _measured(predictor, model)
    except InvalidTable as error:
        return {"refused": str(error)}
    scorers = (*get_scorer_names(), *measured.metrics)
    if metric is not None and metric not in scorers and metric.removeprefix("neg_") not in measured.metrics:
        return {"refused": f"There is no metric {metric!r} for a {manifest.task}; there are {', '.join(scorers)}."}
    return {
        "manifest": measured.to_json(),
        "report": render_measured_report(model, measured, len(values), IMPORTANCE_SECONDS),
        "held_out": json.loads(held_out_of(model, measured).to_json()),
    }


def answered(predictor: Predictor, values: Sequence[Sequence[Any]]) -> list[int]:
    """The places of the rows that the API takes and the model answers."""
    taken = places_taken(values, predictor.manifest.features)
    if _are_answered(predictor, values, taken):
        return taken
    kept = []
    for begin in range(0, len(taken), AT_ONCE):
        part = taken[begin : begin + AT_ONCE]
        kept += (
            part
            if _are_answered(predictor, values, part)
            else [row for row in part if _are_answered(predictor, values, [row])]
        )
    return kept


def _are_answered(predictor: Predictor, values: Sequence[Sequence[Any]], places: Sequence[int]) -> bool:
    try:
        predictor.predict(typed_rows([values[place] for place in places], predictor.manifest.features))
    except RequestError:
        return False
    return True


def _as_trained(
    predictor: Predictor, rows: NDArray[Any], actual: NDArray[Any] | None, metric: str | None, gate: GateSpec
) -> TrainedModel:
    manifest = predictor.manifest

    def ask(asked: NDArray[Any]) -> Sequence[Mapping[str, Any]]:
        try:
            return predictor.predict(asked)
        except Exception as error:  # whatever a model raises over rows put together anew
            raise ValueError(str(error)) from error

    first = predictor.predict(rows[:1])[0]
    return TrainedModel(
        name=manifest.name,
        task=manifest.task,
        estimator=as_estimator(manifest.task, manifest.targets, ask, "probabilities" in first),
        features=manifest.features,
        target=manifest.target,
        x_test=rows,
        y_test=actual,
        dataset=manifest.training.dataset,
        dataset_sha256=manifest.training.dataset_sha256,
        rows=manifest.training.rows,
        seed=DEFAULT_SEED,
        metric=metric,
        gate=gate,
        more_targets=manifest.more_targets,
    )


def _measured(predictor: Predictor, model: TrainedModel) -> Manifest:
    first, *others = examples_among(model, predictor)
    targets = [_with_spread(target, model, place) for place, target in enumerate(model.targets)]
    return replace(
        predictor.manifest,
        metrics=evaluate(model),
        example=first,
        more_examples=tuple(others),
        target=targets[0],
        more_targets=tuple(targets[1:]),
    )


def _with_spread(target: Target, model: TrainedModel, place: int) -> Target:
    """With the spread of the true values, or else of the answers."""
    if model.task not in ("regression", "several_targets") or target.classes:
        return target
    values = model.estimator.predict(model.x_test) if model.y_test is None else model.y_test
    column = values if model.task == "regression" else values[:, place]
    return replace(target, spread=float(np.std(column.astype(np.float64))) or None)


def _predicting(manifest: Manifest) -> tuple[Any, tuple[Target, ...]]:
    return manifest.task, manifest.targets


def _plain(truth: Any) -> Any:
    return tuple(truth) if isinstance(truth, list) else truth
