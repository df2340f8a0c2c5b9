"""What a model that is loaded as it will be served says of rows: its answers, and how many of them fall into each bin.

The rows that a request could not have, or that the model refuses, have no answer and are not counted.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.errors.request import RequestError
from handler.monitoring.counting import count_output
from handler.records.bins import CONFIDENCE, target_bins
from handler.records.signature import Target
from handler.serving.predictor import Predictor

Counts = NDArray[np.int64]


class Part(NamedTuple):
    """So many rows that were asked together, and what `Predictor.ask` found; None for a row without an answer."""

    rows: int
    found: Any


def asked_in_parts(predictor: Predictor, rows: NDArray[Any]) -> Iterator[Part]:
    """All of `rows`, of shape (rows, features), in their order. Those that the API answers with 422 stand alone."""
    if not len(rows):
        return
    try:
        found = predictor.ask(rows)
    except RequestError:
        if len(rows) == 1:
            yield Part(1, None)
            return
    else:
        yield Part(len(rows), found)
        return
    middle = len(rows) // 2
    yield from asked_in_parts(predictor, rows[:middle])
    yield from asked_in_parts(predictor, rows[middle:])


def answers_by_row(predictor: Predictor, parts: Iterable[Part]) -> list[dict[str, Any] | None]:
    """The answer to each row, None to those without one."""
    answers: list[dict[str, Any] | None] = []
    for part in parts:
        answers += [None] * part.rows if part.found is None else predictor.plain(part.found)
    return answers


def with_answers(targets: Sequence[Target], predictor: Predictor, parts: Iterable[Part]) -> tuple[Target, ...]:
    """`targets`, whose quantiles are known, with how many of the answers, and of the highest probabilities, fall into
    each bin; without them where no row has an answer, or where there are no probabilities."""
    bins = [target_bins(predictor.manifest.task, target) for target in targets]
    answers: list[Counts | None] = [None] * len(targets)
    confidence: list[Counts | None] = [None] * len(targets)
    for part in parts:
        outputs = () if part.found is None else predictor.outputs(part.found)
        for place, output in enumerate(outputs):
            answers[place] = _sum(answers[place], count_output(output.values, bins[place]))
            if output.highest is not None:
                confidence[place] = _sum(confidence[place], count_output(output.highest, CONFIDENCE))
    return tuple(
        replace(target, answers=_written(of_answers), confidence=_written(of_confidence))
        for target, of_answers, of_confidence in zip(targets, answers, confidence, strict=True)
    )


def _sum(counted: Counts | None, more: Counts) -> Counts:
    return more if counted is None else counted + more


def _written(counted: Counts | None) -> tuple[int, ...]:
    return () if counted is None else tuple(counted.tolist())
