"""The scores by which a model without probabilities chooses: one for each class, and whether they overflow.

Where the scores overflow such a model still answers with some class or cluster, and nothing in the answer shows the
overflow. A model with probabilities does not need this: there an overflow shows in them.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.engines.fitted_parts import fitted_parts


def class_scores(estimator: Any, rows: NDArray[Any], classes: int) -> NDArray[np.float64] | None:
    """A decision value for each of `classes`, of shape (rows, classes); None where the classifier has none.

    Of two classes scikit-learn gives the second one's value, of which the first one's is the negative. A support vector
    machine may give one for each pair of classes instead, which are no class' own.
    """
    if not hasattr(estimator, "decision_function"):
        return None
    values = np.asarray(estimator.decision_function(rows), dtype=np.float64)
    if classes == 2 and values.size == len(rows):
        return np.column_stack([-values.ravel(), values.ravel()])
    if values.shape != (len(rows), classes) or _compares_pairs(estimator):
        return None
    return values


def finite_scores(estimator: Any, rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of `rows`, of shape (rows, features), have finite scores only, in every part that has a vote."""
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
    elif hasattr(estimator, "labels_") and hasattr(estimator, "transform"):
        yield estimator.transform(rows)  # the distances to the clusters
    else:
        # A vote, or a code of several classifiers; each sees the same rows.
        for part in getattr(estimator, "estimators_", ()):
            yield from _scores(part, rows)


def _compares_pairs(estimator: Any) -> bool:
    return any(getattr(part, "decision_function_shape", None) == "ovo" for part in fitted_parts(estimator))
