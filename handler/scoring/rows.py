"""Asks a model about many rows, each of which is answered or refused on its own.

So many rows are asked at once as one request may hold: the last bits of an answer may hang on how many rows there are.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.scoring.asked import asked
from handler.scoring.checked import Checked, checked_array, checked_rows
from handler.scoring.outcome import Outcome, laid_together
from handler.serving.predictor import Predictor
from handler.settings import DEFAULT_MAX_ROWS


def answer_rows(predictor: Predictor, rows: Sequence[Any]) -> Outcome:
    """What becomes of `rows`, each a list or an object as in a request's `instances`.

    What the model raises for no row in particular passes through, as MemoryError does.
    """
    features = predictor.manifest.features
    return _answered(predictor, len(rows), lambda begin, end: checked_rows(rows[begin:end], features))


def answer_array(
    predictor: Predictor, numbers: NDArray[np.float64], suspect: NDArray[np.bool_], sent: Callable[[int], Any]
) -> Outcome:
    """The same for `numbers`, of shape (rows, features), of a model that takes numbers alone; NaN is a gap.

    `suspect`, of shape (rows,), marks rows that hold something else too. `sent` gives the row at a place as a request
    would have it; it is asked for those, and for rows with a number that is not taken.
    """
    features = predictor.manifest.features

    def check(begin: int, end: int) -> Checked:
        return checked_array(numbers[begin:end], suspect[begin:end], lambda place: sent(begin + place), features)

    return _answered(predictor, len(numbers), check)


def _answered(predictor: Predictor, count: int, check: Callable[[int, int], Checked]) -> Outcome:
    parts: list[tuple[Sequence[int], Outcome]] = []
    for begin in range(0, count, DEFAULT_MAX_ROWS):
        places = range(begin, min(begin + DEFAULT_MAX_ROWS, count))
        checked = check(begin, places.stop)
        found = asked(predictor, checked.matrix)
        parts.append((places, laid_together(len(places), [(checked.places, found)], checked.refusals)))
    return laid_together(count, parts, {})
