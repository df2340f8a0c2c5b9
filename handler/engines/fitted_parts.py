"""Adapts a fitted model to Lambda: it computes on one core, and prints nothing.

scikit-learn keeps `n_jobs` and `verbose` in each fitted part, as they were where the model was fitted. So do LightGBM
and XGBoost, each in its own way. None of it changes an answer.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from handler.engines.shipped import estimator_libraries

_OF_LIGHTGBM = {
    **dict.fromkeys(("n_jobs", "num_threads", "num_thread", "nthread", "nthreads"), 1),
    **dict.fromkeys(("verbosity", "verbose"), -1),
}
"""LightGBM's parameters for threads and for what it prints, with their aliases (LightGBM documentation, "Parameters"):
whichever its owner used is passed on at each prediction. -1 is silence, 0 has warnings printed."""


def serve_alone(estimator: Any, own: str = "") -> None:
    """Have every fitted part run on one core and print nothing; those of `own` code too, a package by its name.

    Starting workers costs a one-row answer several times its own price, and process pools do not run on Lambda at all,
    which has no /dev/shm. What a part prints would stand among the log's JSON lines.
    """
    for part in fitted_parts(estimator, own):
        attributes = getattr(part, "__dict__", {})
        library = type(part).__module__.partition(".")[0]
        if "n_jobs" in attributes:
            part.n_jobs = 1
        if library == "lightgbm":
            _serve_lightgbm_alone(part)
        elif library == "xgboost":
            _serve_xgboost_alone(part)
        elif attributes.get("verbose"):
            part.verbose = 0


def _serve_lightgbm_alone(part: Any) -> None:
    """Have an estimator of LightGBM compute on one core and print nothing. What it holds has no settings of its own."""
    if isinstance(part, BaseEstimator):
        given = part.get_params(deep=False)
        part.set_params(**{name: value for name, value in _OF_LIGHTGBM.items() if name in given} | {"verbosity": -1})


def _serve_xgboost_alone(part: Any) -> None:
    """The same of XGBoost, whose estimators hold a Booster with a number of threads of its own."""
    if isinstance(part, BaseEstimator):
        part.verbosity = 0
    elif hasattr(part, "set_param"):
        part.set_param({"nthread": 1})


def fitted_parts(estimator: Any, own: str = "") -> Iterator[Any]:
    """`estimator` and all objects of scikit-learn's and of the libraries beside it, or of the package `own`, that it
    holds at any depth, each once."""
    packages = tuple(f"{module}." for module in (*(library.module for library in estimator_libraries()), own) if module)
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
