"""What an isolated process does to measure a brought model: the handler answers the rows, the rest is as in `train`."""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import get_scorer_names

from handler.records.decoding import decode
from handler.records.signature import Target
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.scoring.asked import Group, ask_each
from handler.serving.predictor import Predictor
from training.data.statistics import quantiles_of
from training.errors import InvalidTable
from training.fit.description import DEFAULT_SEED, GateSpec
from training.fit.evaluation import evaluate
from training.fit.held_out import held_out_of
from training.fit.trained_model import TrainedModel
from training.folder.examples import examples_among
from training.measuring.answered import answers_by_row, with_answers
from training.measuring.answers import Answers, answers_in, predictions_in
from training.measuring.asked import as_estimator
from training.measuring.taken import places_taken
from training.release.loaded_version import load_version
from training.report.page import render_measured_report

IMPORTANCE_SECONDS = 120.0
"""A model that takes longer to answer shuffled rows gets a report without the importances of its features."""


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
    predictor = load_version(registry, version)
    manifest = predictor.manifest
    taken = places_taken(values, manifest.features)
    asked = typed_rows([values[row] for row in taken], manifest.features)
    groups = ask_each(predictor, asked).groups
    answers = answers_by_row(predictor, groups, len(asked))
    answered = [place for place, answer in enumerate(answers) if answer is not None]
    kept = [taken[place] for place in answered]
    dataset = manifest.training.dataset
    if not kept:
        return {"refused": f"The model answers no row of {dataset} that the API would take."}
    try:
        actual = (
            None
            if truth is None
            else predictions_in([_plain(truth[row]) for row in kept], manifest.task, manifest.targets)
        )
    except KeyError as error:
        known = ", ".join(manifest.target.classes[:20])
        return {"refused": f"The target of {dataset} has {error.args[0]!r}, and the model's classes are {known}."}
    told = answers_in([answer for answer in answers if answer is not None], manifest.task, manifest.targets)
    model = _as_trained(predictor, asked[answered], told, actual, metric, decode(GateSpec, gate))
    try:
        measured = _measured(predictor, model, groups)
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


def _as_trained(
    predictor: Predictor,
    rows: NDArray[Any],
    known: Answers,
    actual: NDArray[Any] | None,
    metric: str | None,
    gate: GateSpec,
) -> TrainedModel:
    """The model as one that was trained here, whose answers to `rows` are `known`."""
    manifest = predictor.manifest

    def ask(asked: NDArray[Any]) -> Sequence[Mapping[str, Any]]:
        try:
            return predictor.predict(asked)
        except Exception as error:  # whatever a model raises over rows put together anew
            raise ValueError(str(error)) from error

    estimator = as_estimator(manifest.task, manifest.targets, ask, known.probabilities is not None)
    estimator.known = (rows, known)
    return TrainedModel(
        name=manifest.name,
        task=manifest.task,
        estimator=estimator,
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


def _measured(predictor: Predictor, model: TrainedModel, groups: Sequence[Group]) -> Manifest:
    first, *others = examples_among(model, predictor)
    described = [_described(target, model, place) for place, target in enumerate(model.targets)]
    targets = with_answers(described, predictor, groups)
    return replace(
        predictor.manifest,
        metrics=evaluate(model),
        example=first,
        more_examples=tuple(others),
        target=targets[0],
        more_targets=tuple(targets[1:]),
    )


def _described(target: Target, model: TrainedModel, place: int) -> Target:
    """With the spread and the quantiles of the true values of a number, or else of the answers."""
    if model.task not in ("regression", "several_targets") or target.classes:
        return target
    values = model.estimator.predict(model.x_test) if model.y_test is None else model.y_test
    column = values if model.task == "regression" else values[:, place]
    numbers = column.astype(np.float64)
    return replace(target, spread=float(np.std(numbers)) or None, quantiles=quantiles_of(numbers))


def _plain(truth: Any) -> Any:
    return tuple(truth) if isinstance(truth, list) else truth
