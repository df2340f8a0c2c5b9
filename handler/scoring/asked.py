"""Asks a model about rows that passed the checks, and finds those that it refuses itself.

A refusal names some of the rows at fault. Those are asked one by one, and the others together again, until the model
answers: so each answer is that of a request with all the rows that have one.
"""

from typing import Any

from numpy.typing import NDArray

from handler.errors.request import RefusedRows, RequestError
from handler.scoring.outcome import Outcome, Refusal, laid_together
from handler.serving.predictor import Predictor


def asked(predictor: Predictor, matrix: NDArray[Any]) -> Outcome:
    """What the model says of `matrix`, of shape (rows, features), checked.

    What it raises over a row alone and is no refusal passes through, as MemoryError does over any number of rows.
    """
    refusals: dict[int, Refusal] = {}
    left = list(range(len(matrix)))
    while len(left):
        rows = matrix[left] if refusals else matrix
        try:
            answers = predictor.predict(rows)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a model may raise anything; what is no refusal is raised again
            refused = _refused(predictor, rows, error)
            if not refused:
                # No row is at fault by itself, so there are several: each half is asked as if it had come alone.
                middle = len(rows) // 2
                halves = ((left[:middle], rows[:middle]), (left[middle:], rows[middle:]))
                parts = [(places, asked(predictor, half)) for places, half in halves]
                return laid_together(len(matrix), parts, refusals)
            refusals |= {left[at]: refusal for at, refusal in refused.items()}
            left = [place for at, place in enumerate(left) if at not in refused]
        else:
            return laid_together(len(matrix), [(left, Outcome(answers, {}))], refusals)
    return Outcome([None] * len(matrix), refusals)


def _refused(predictor: Predictor, rows: NDArray[Any], error: Exception) -> dict[int, Refusal]:
    """The rows that `error`, raised over all of `rows`, names, as far as each is refused by itself.

    Raises `error` where there is but one row, and it is no refusal.
    """
    if not isinstance(error, RequestError):
        if len(rows) == 1:
            raise error
        return {}
    if len(rows) == 1:
        return {0: Refusal.of(error)}
    named = sorted({problem.row for problem in error.problems}) if isinstance(error, RefusedRows) else []
    found = {at: _alone(predictor, rows[[at]]) for at in named}
    return {at: refusal for at, refusal in found.items() if refusal is not None}


def _alone(predictor: Predictor, row: NDArray[Any]) -> Refusal | None:
    try:
        predictor.predict(row)
    except RequestError as error:
        return Refusal.of(error)
    return None
