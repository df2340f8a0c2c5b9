"""Chooses the rows that a manifest keeps as examples, and has the very artifact answer them.

The handler must get the same answers before it serves, so the rows are chosen to show what could go wrong: one of each
class, or rows over the whole range of a regression. All were held out, and all are rows that the API takes.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.choice import engine_for
from handler.errors.request import RequestError
from handler.records.signature import Example, Feature, Value
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.registry.storage import Content
from handler.rows.domain import outside
from handler.serving.predictor import Predictor
from training.errors import InvalidTable
from training.fit.held_out import plain_row
from training.fit.trained_model import TrainedModel

MOST_CLASSES = 50
"""With more classes than that, OVER_THE_RANGE rows stand for them: every row is answered at each cold start."""

OVER_THE_RANGE = 10

LOOKED_AT = 1000
"""The examples are chosen among so many of the rows held out."""


def choose_examples(manifest: Manifest, model: TrainedModel, artifact: Content) -> tuple[Example, ...]:
    """At least one row held out, each with the answer of `artifact` after a round trip through joblib.

    The first is the first that the model gets right. Raises InvalidTable where no row can be an example.
    """
    rows = _candidates(model)
    predictor = Predictor(manifest, engine_for(manifest).load(VerifiedArtifact(manifest, artifact)))
    answers = [_answer(predictor, model.x_test[[row]]) for row in rows]
    answered = [(row, answer) for row, answer in zip(rows, answers, strict=True) if answer is not None]
    if not answered:
        raise InvalidTable(
            "No row held out has values that training saw in every column: give more rows, or group rare categories."
        )
    chosen = _over_range(answered) if model.task == "regression" else _of_each_class(answered, model)
    return tuple(Example.of(plain_row(model.x_test[row]), answer) for row, answer in chosen)


Answered = tuple[int, dict[str, Any]]
"""The place of a row held out, and the model's answer to it."""


def _candidates(model: TrainedModel) -> list[int]:
    """The places of rows that the API takes, in their order; of a classification as many of each class."""
    places = np.arange(len(model.y_test))
    if model.task == "classification":
        labels = np.unique(model.y_test)
        of_each = max(1, LOOKED_AT // len(labels))
        places = np.sort(np.concatenate([np.flatnonzero(model.y_test == label)[:of_each] for label in labels]))
    return [place for place in places[:LOOKED_AT].tolist() if _is_taken(model.x_test[place], model.features)]


def _answer(predictor: Predictor, row: NDArray[Any]) -> dict[str, Any] | None:
    try:
        return predictor.predict(row)[0]
    except RequestError:  # a row that the API answers with 422
        return None


def _of_each_class(answered: Sequence[Answered], model: TrainedModel) -> list[Answered]:
    """For each class the first row that the model gets right, else the first of it; the first right one leads."""
    places = {label: index for index, label in enumerate(model.estimator.classes_.tolist())}
    best: dict[int, Answered] = {}
    right: set[int] = set()
    for row, answer in answered:
        index = places[model.y_test[row].item()]
        is_right = answer["prediction_index"] == index
        if index not in best or (is_right and index not in right):
            best[index] = (row, answer)
        if is_right:
            right.add(index)
    by_class = [best[index] for index in sorted(best)]
    kept = by_class if len(places) <= MOST_CLASSES else _spread_out(by_class, OVER_THE_RANGE)
    return sorted(kept, key=lambda found: (places[model.y_test[found[0]].item()] not in right, found[0]))


def _over_range(answered: Sequence[Answered]) -> list[Answered]:
    """The first row, and others whose predictions lie over the whole range of those seen here."""
    others = _spread_out(sorted(answered, key=lambda found: found[1]["prediction"]), OVER_THE_RANGE - 1)
    return [answered[0], *(found for found in others if found[0] != answered[0][0])]


def _spread_out(found: Sequence[Answered], count: int) -> list[Answered]:
    places = np.unique(np.linspace(0, len(found) - 1, count).round().astype(int))
    return [found[place] for place in places.tolist()]


def _is_taken(row: NDArray[Any], features: Sequence[Feature]) -> bool:
    """Whether the API takes this row: it has no gap where training saw none, no category that training never saw, and
    no number outside what the model takes."""
    return all(_is_value_taken(value, feature) for feature, value in zip(features, plain_row(row), strict=True))


def _is_value_taken(value: Value, feature: Feature) -> bool:
    if value is None:
        return feature.nullable
    if feature.kind == "category":
        return value in feature.categories
    if feature.kind == "text":
        return isinstance(value, str) and (feature.max_length is None or len(value) <= feature.max_length)
    if feature.kind == "boolean":
        return isinstance(value, bool)
    return feature.domain is None or not outside(feature.domain, np.array([value])).any()
