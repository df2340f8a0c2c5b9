"""What a model that is loaded as it will be served says of rows: its answers, and how many of them fall into each bin.

The rows that a request could not have, or that the model refuses, have no answer and are not counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.counting import count_output
from handler.records.bins import CONFIDENCE, target_bins
from handler.records.signature import Target
from handler.scoring.asked import Group
from handler.serving.predictor import Predictor

Counts = NDArray[np.int64]


def answers_by_row(predictor: Predictor, groups: Iterable[Group], rows: int) -> list[dict[str, Any] | None]:
    """The answer to each of `rows` rows, None to those that are in no group."""
    answers: list[dict[str, Any] | None] = [None] * rows
    for group in groups:
        for place, answer in zip(group.places, predictor.plain(group.found), strict=True):
            answers[place] = answer
    return answers


def with_answers(targets: Sequence[Target], predictor: Predictor, groups: Iterable[Group]) -> tuple[Target, ...]:
    """`targets`, whose quantiles are known, with how many of the answers, and of the highest probabilities, fall into
    each bin; without them where no row has an answer, or where there are no probabilities."""
    bins = [target_bins(predictor.manifest.task, target) for target in targets]
    answers: list[Counts | None] = [None] * len(targets)
    confidence: list[Counts | None] = [None] * len(targets)
    for group in groups:
        for place, output in enumerate(predictor.outputs(group.found)):
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
