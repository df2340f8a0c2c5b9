"""Chooses the rows that a manifest keeps as examples, and has the very artifact answer them.

The handler must get the same answers before it serves, so the rows are chosen to show what could go wrong: one of each
class, cluster or set of labels, an outlier and an inlier, or rows over the whole range of what is predicted. All were
held out, and all are rows that the API takes.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from handler.records.signature import Example, Task
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.registry.storage import Content
from handler.scoring.asked import ask_each
from handler.serving.engine_choice import engine_for
from handler.serving.predictor import Predictor
from training.errors import InvalidTable
from training.fit.held_out import plain_row
from training.fit.trained_model import TrainedModel
from training.measuring.answered import answers_by_row
from training.measuring.taken import places_taken

MOST_CLASSES = 50
"""With more classes than that, OVER_THE_RANGE rows stand for them: every row is answered at each cold start."""

OVER_THE_RANGE = 10

LOOKED_AT = 1000
"""The examples are chosen among so many of the rows held out."""


def loaded(manifest: Manifest, artifact: Content) -> Predictor:
    """The model after a round trip through its file, as it will be served; it has not been proved."""
    return Predictor(manifest, engine_for(manifest).load(VerifiedArtifact(manifest, artifact)))


def examples_among(model: TrainedModel, predictor: Predictor) -> tuple[Example, ...]:
    """At least one row held out, each with the model's answer.

    The first is the first that the model gets right. Raises InvalidTable where no row can be an example.
    """
    rows = _candidates(model)
    answers = answers_by_row(predictor, ask_each(predictor, model.x_test[rows]).groups, len(rows))
    answered = [(row, answer) for row, answer in zip(rows, answers, strict=True) if answer is not None]
    if not answered:
        raise InvalidTable(
            "No row held out has values that training saw in every column: give more rows, or group rare categories."
        )
    chosen = _CHOICES[model.task](answered, model)
    return tuple(Example.of(plain_row(model.x_test[row]), answer) for row, answer in chosen)


Answered = tuple[int, dict[str, Any]]
"""The place of a row held out, and the model's answer to it."""


def _candidates(model: TrainedModel) -> list[int]:
    """The places of rows that the API takes, in their order; of a classification as many of each class."""
    places = np.arange(len(model.x_test))
    if model.task == "classification" and model.y_test is not None:
        labels = np.unique(model.y_test)
        of_each = max(1, LOOKED_AT // len(labels))
        places = np.sort(np.concatenate([np.flatnonzero(model.y_test == label)[:of_each] for label in labels]))
    features = [replace(feature, allow_unknown=False) for feature in model.features]
    looked_at = places[:LOOKED_AT].tolist()
    taken = places_taken([plain_row(model.x_test[place]) for place in looked_at], features)
    return [looked_at[place] for place in taken]


def _of_each_class(answered: Sequence[Answered], model: TrainedModel) -> list[Answered]:
    """For each class the first row that the model gets right, else the first of it; the first right one leads."""
    if model.y_test is None:
        return _of_each_answer(answered, model)
    places = {label: index for index, label in enumerate(model.estimator.classes_.tolist())}
    truth = model.y_test.tolist()
    best: dict[int, Answered] = {}
    right: set[int] = set()
    for row, answer in answered:
        index = places[truth[row]]
        is_right = answer["prediction_index"] == index
        if index not in best or (is_right and index not in right):
            best[index] = (row, answer)
        if is_right:
            right.add(index)
    by_class = [best[index] for index in sorted(best)]
    kept = by_class if len(places) <= MOST_CLASSES else _spread_out(by_class, OVER_THE_RANGE)
    return sorted(kept, key=lambda found: (places[truth[found[0]]] not in right, found[0]))


def _of_each_answer(answered: Sequence[Answered], model: TrainedModel) -> list[Answered]:  # noqa: ARG001 - see _CHOICES
    """The first row of each answer, in the order of the rows."""
    firsts: dict[str, Answered] = {}
    for found in answered:
        firsts.setdefault(json.dumps(found[1]["prediction"]), found)
    return list(firsts.values())[:MOST_CLASSES]


def _over_range(answered: Sequence[Answered], model: TrainedModel) -> list[Answered]:  # noqa: ARG001 - see _CHOICES
    """The first row, and others whose predictions lie over the whole range of those seen here."""
    others = _spread_out(sorted(answered, key=lambda found: found[1]["prediction"]), OVER_THE_RANGE - 1)
    return [answered[0], *(found for found in others if found[0] != answered[0][0])]


def _over_each_target(answered: Sequence[Answered], model: TrainedModel) -> list[Answered]:
    """The first row, and others that lie over the whole range of each target, or have each of its classes."""
    kept = {answered[0][0]: answered[0]}
    for target in model.targets:
        of_target = [(row, {"prediction": answer["prediction"][target.name]}) for row, answer in answered]
        choose = _of_each_answer if target.classes else _over_range
        chosen = {row for row, _ in choose(of_target, model)}
        kept |= {row: (row, answer) for row, answer in answered if row in chosen}
    return list(kept.values())[:MOST_CLASSES]


def _spread_out(found: Sequence[Answered], count: int) -> list[Answered]:
    places = np.unique(np.linspace(0, len(found) - 1, count).round().astype(int))
    return [found[place] for place in places.tolist()]


_CHOICES: dict[Task, Callable[[Sequence[Answered], TrainedModel], list[Answered]]] = {
    "classification": _of_each_class,
    "regression": _over_range,
    "outlier_detection": _of_each_answer,
    "clustering": _of_each_answer,
    "multilabel": _of_each_answer,
    "several_targets": _over_each_target,
}
