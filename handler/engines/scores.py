"""Finds overflows in a classifier without probabilities, which chooses a class by comparing scores.

Where the scores overflow it still answers with some class, and nothing in the answer shows the overflow. A classifier
with probabilities does not need this: there an overflow shows in them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def finite_scores(estimator: Any, rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `rows`, of shape (rows, features), have finite scores only, in every classifier that has a vote."""
    finite: NDArray[np.bool_] = np.ones(len(rows), dtype=np.bool_)
    for scores in _scores(estimator, rows):
        finite &= np.isfinite(np.asarray(scores, dtype=np.float64).reshape(len(rows), -1)).all(axis=1)
    return finite


def _scores(estimator: Any, rows: NDArray[Any]) -> Iterator[Any]:
    if hasattr(estimator, "decision_function"):
        yield estimator.decision_function(rows)
    elif hasattr(estimator, "predict_proba"):
        yield estimator.predict_proba(rows)
    elif hasattr(estimator, "steps"):
        yield from _scores(estimator.steps[-1][1], estimator[:-1].transform(rows))
    else:
        # A vote, or a code of several classifiers; each sees the same rows.
        for part in getattr(estimator, "estimators_", ()):
            yield from _scores(part, rows)
