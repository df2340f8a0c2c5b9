"""Cross-validated search for an estimator's parameters: grid, random or successive halving, here or on a Dask cluster.

scikit-learn searches, joblib takes the fits to where they run, and the candidates are handed out in parts so that
progress can be shown. The winner is fitted elsewhere.
"""

import contextlib
import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - it makes HalvingGridSearchCV importable
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    ParameterGrid,
    ParameterSampler,
    StratifiedKFold,
)

from handler.records.signature import Task
from training.console import count_progress
from training.dask_cluster import connected
from training.errors import InvalidModelFile
from training.fit.description import SearchSpec
from training.fit.preprocessing import ESTIMATOR_STEP

AT_ONCE = 8
"""Candidates searched together: enough to keep a cluster busy, few enough to see progress."""


def best_parameters(
    estimator: Any, spec: SearchSpec, metric: str, task: Task, x: NDArray[Any], y: NDArray[Any], seed: int
) -> dict[str, Any]:
    """The parameters that won, as `estimator.set_params` takes them. Whatever scikit-learn raises passes through.

    The folds are drawn by `seed`. No fitted estimator comes back: the caller fits the winner itself, so that where a
    search ran changes no byte of the artifact.
    """
    prefix = f"{ESTIMATOR_STEP}__" if ESTIMATOR_STEP in getattr(estimator, "named_steps", {}) else ""
    grid = {f"{prefix}{name}": values for name, values in spec.parameters.items()}
    unknown = [name for name in grid if name not in estimator.get_params()]
    if unknown:
        raise InvalidModelFile(f"The search names a parameter that the estimator does not have: {unknown[0]!r}.")
    folds = (StratifiedKFold if task == "classification" else KFold)(spec.folds, shuffle=True, random_state=seed)
    shared = {"scoring": metric, "error_score": "raise", "refit": False}
    searches: list[Any] = []
    if spec.method == "halving":
        with count_progress("Searching, round by round", None) as advance:
            rounds = _CountedFolds(folds, advance)
            searches.append(HalvingGridSearchCV(estimator, grid, cv=rounds, random_state=seed, **shared).fit(x, y))
    else:
        candidates: Any = ParameterGrid(grid)
        if spec.method == "random":
            candidates = ParameterSampler(grid, min(spec.candidates, len(candidates)), random_state=seed)
        with count_progress("Searching", len(candidates)) as advance:
            left = iter(candidates)
            while part := [_alone(candidate) for candidate in itertools.islice(left, AT_ONCE)]:
                searches.append(GridSearchCV(estimator, part, cv=folds, **shared).fit(x, y))
                advance(len(part))
    # Of equals the first wins, as it does within one search.
    best = max(searches, key=lambda search: -np.inf if np.isnan(search.best_score_) else search.best_score_)
    if not np.isfinite(best.best_score_):
        raise ValueError(f"{metric} has no value in some fold, whatever the parameters: a class may be missing there.")
    return dict(best.best_params_)


@contextlib.contextmanager
def backend(address: str | None) -> Iterator[None]:
    """Within it, joblib runs on this machine's cores, or on the cluster that `dask=tcp://host:port` names.

    Raises InvalidModelFile where that cannot be reached.
    """
    if address is None:
        with joblib.parallel_config("loky", n_jobs=-1):
            yield
        return
    with connected(address) as client, joblib.parallel_config("dask", client=client):
        yield


def _alone(candidate: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A grid of this candidate alone."""
    return {name: [value] for name, value in candidate.items()}


class _CountedFolds:
    """Counts how often `folds` are asked for their rows: once in each round of a halving search."""

    def __init__(self, folds: Any, advance: Callable[[int], None]) -> None:
        self.folds, self.advance = folds, advance

    def get_n_splits(self, *_: Any, **__: Any) -> int:
        return int(self.folds.get_n_splits())

    def split(self, x: Any, y: Any, **_: Any) -> Any:
        self.advance(1)
        return self.folds.split(x, y)

    def __reduce__(self) -> Any:
        # It travels with each fit, to workers that have scikit-learn and no `training`: as the plain folds.
        return copy.copy, (self.folds,)
