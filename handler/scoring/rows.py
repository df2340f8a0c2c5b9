"""Asks a model about many rows, each of which is answered or refused on its own."""

from collections.abc import Sequence
from typing import Any

from handler.api.body.instances import Instances, to_rows
from handler.errors.request import RequestError
from handler.scoring.outcome import Outcome, Refusal
from handler.serving.predictor import Predictor


def answer_rows(predictor: Predictor, rows: Sequence[Any]) -> Outcome:
    """What becomes of `rows`, each a list or an object as in a request's `instances`.

    What the model raises for no row in particular passes through, as MemoryError does.
    """
    if not rows:
        return Outcome((), {})
    try:
        instances = Instances(list(rows), batch=len(rows) > 1)
        return Outcome(predictor.predict(to_rows(instances, predictor.manifest.features)), {})
    except RequestError as error:
        if len(rows) == 1:
            return Outcome((None,), {0: Refusal.of(error)})
    middle = len(rows) // 2
    first, second = answer_rows(predictor, rows[:middle]), answer_rows(predictor, rows[middle:])
    refusals = {**first.refusals, **{middle + place: refusal for place, refusal in second.refusals.items()}}
    return Outcome([*first.answers, *second.answers], refusals)
