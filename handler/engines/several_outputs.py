"""What scikit-learn's estimators of several outputs give, in the one form that serving asks for.

Their probabilities come as a list of arrays or as one array, their classes as a list of arrays or as none. Nothing of
scikit-learn is needed to tell these forms apart.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def classes_of_outputs(estimator: Any) -> list[list[Any]]:
    """The labels of each output of a classifier that has several; empty where it has one, or classifies nothing."""
    classes = getattr(estimator, "classes_", None)
    if isinstance(classes, list) and classes and all(isinstance(labels, (list, np.ndarray)) for labels in classes):
        return [np.asarray(labels).tolist() for labels in classes]
    return []


def probabilities_of_outputs(estimator: Any, rows: NDArray[Any]) -> list[NDArray[np.float64]] | None:
    """Each output's probabilities, of shape (rows, its classes); None where the estimator does not give them.

    A chain gives one array, of the second class of each output alone.
    """
    shares = estimator.predict_proba(rows) if hasattr(estimator, "predict_proba") else None
    return [np.asarray(share, dtype=np.float64) for share in shares] if isinstance(shares, list) else None


def probabilities_of_labels(
    estimator: Any, rows: NDArray[Any], classes: Sequence[Sequence[Any]]
) -> NDArray[np.float64] | None:
    """How probable each label is, of shape (rows, labels); None where the estimator does not say.

    `classes` are those of each output, 0 and 1 or one of them, where the estimator gives a list of arrays.
    """
    if not hasattr(estimator, "predict_proba") or _gives_the_absence(estimator):
        return None
    shares = estimator.predict_proba(rows)
    if not isinstance(shares, list):
        return np.asarray(shares, dtype=np.float64)
    columns = [np.asarray(share, dtype=np.float64) for share in shares]
    return np.column_stack(
        [
            share[:, labels.index(1)] if 1 in labels else np.zeros(len(rows))
            for share, labels in zip(columns, map(list, classes or [[0, 1]] * len(columns)), strict=True)
        ]
    )


def _gives_the_absence(estimator: Any) -> bool:
    """Whether it is a stacking of several outputs, which gives the probability that a label is not there."""
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    return hasattr(last, "stack_method_")
