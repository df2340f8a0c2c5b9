"""Adapts a fitted model to Lambda: it computes on one core, and prints nothing.

scikit-learn keeps `n_jobs` and `verbose` in each fitted part, as they were where the model was fitted. Neither
changes an answer.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


def serve_alone(estimator: Any, own: str = "") -> None:
    """Have every fitted part run on one core and print nothing; those of `own` code too, a package by its name.

    Starting workers costs a one-row answer several times its own price, and process pools do not run on Lambda at all,
    which has no /dev/shm. What a part prints would stand among the log's JSON lines.
    """
    for part in fitted_parts(estimator, own):
        attributes = getattr(part, "__dict__", {})
        if "n_jobs" in attributes:
            part.n_jobs = 1
        if attributes.get("verbose"):
            part.verbose = 0


def fitted_parts(estimator: Any, own: str = "") -> Iterator[Any]:
    """`estimator` and all objects of scikit-learn's, or of the package `own`, that it holds at any depth, each once."""
    packages = ("sklearn.", f"{own}.") if own else ("sklearn.",)
    waiting, seen = [estimator], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield part
        waiting.extend(_parts_among(getattr(part, "__dict__", {}).values(), packages))


def _parts_among(values: Iterable[Any], packages: tuple[str, ...]) -> Iterator[Any]:
    """The objects of `packages` among `values`; some hold estimators without being any themselves."""
    for value in values:
        if isinstance(value, BaseEstimator) or (
            type(value).__module__.startswith(packages) and hasattr(value, "__dict__")
        ):
            yield value
        elif isinstance(value, dict):
            yield from _parts_among(value.values(), packages)
        elif isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.dtype == object):
            yield from _parts_among(value, packages)
