"""Walks through a fitted estimator: the steps of pipelines, the members of ensembles, at whatever depth.

`handler.predictor` sets what Lambda needs in each part; `training` leaves out of each what only fitting needed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


def fitted_parts(estimator: Any) -> Iterator[Any]:
    """`estimator` and every object of scikit-learn's within it, each once."""
    waiting, seen = [estimator], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting.extend(_within(getattr(part, "__dict__", {}).values()))


def _within(values: Iterable[Any]) -> Iterator[Any]:
    """scikit-learn's own objects among `values`; some that hold estimators are no estimators themselves."""
    for value in values:
        if isinstance(value, BaseEstimator) or (
            type(value).__module__.startswith("sklearn.") and hasattr(value, "__dict__")
        ):
            yield value
        elif isinstance(value, dict):
            yield from _within(value.values())
        elif isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.dtype == object):
            yield from _within(value)
