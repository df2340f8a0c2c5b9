"""Counts what a model that was trained here answers to the rows held out, as the function will count what it serves.

The artifact is asked, not the estimator in memory, and only rows that a request could have.
"""

from collections.abc import Iterator

from handler.records.signature import Target
from handler.scoring.asked import Group, ask_each
from handler.serving.predictor import Predictor
from training.fit.held_out import plain_row
from training.fit.trained_model import TrainedModel
from training.measuring.answered import with_answers
from training.measuring.taken import places_taken

MOST_COUNTED = 20_000
"""The answers to so many of the rows held out are counted: a bin's share has a standard error of 0.4 % at most."""

AT_ONCE = 1000
"""So many rows are looked at together, for as Python's values they take more room than in their array."""


def counted_answers(model: TrainedModel, predictor: Predictor) -> tuple[Target, ...]:
    """The targets with counts of the answers to the first MOST_COUNTED rows held out, which the split has shuffled."""
    return with_answers(model.targets, predictor, _held_out(model, predictor))


def _held_out(model: TrainedModel, predictor: Predictor) -> Iterator[Group]:
    for first in range(0, min(len(model.x_test), MOST_COUNTED), AT_ONCE):
        rows = model.x_test[first : min(first + AT_ONCE, MOST_COUNTED)]
        taken = places_taken([plain_row(row) for row in rows], model.features)
        yield from ask_each(predictor, rows[taken]).groups
