"""Cross-validated search for an estimator's parameters: grid, random or successive halving, here or on a Dask cluster.

`training.fit.fitting` calls it. scikit-learn does the searching; joblib takes the fits to where they run.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import joblib
import numpy as np
from numpy.typing import NDArray
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - it makes HalvingGridSearchCV importable
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, KFold, RandomizedSearchCV, StratifiedKFold

from handler.registry.manifest import Task
from training.console import count_progress
from training.errors import InvalidModelFile
from training.fit.description import SearchSpec
from training.fit.preprocessing import ESTIMATOR_STEP

AT_ONCE = 8
"""Candidates handed out together: enough to keep a cluster busy, few enough to see progress."""

DASK_SECONDS = 10
"""How long a Dask scheduler may take to answer."""


def best_parameters(
    estimator: Any, spec: SearchSpec, metric: str, task: Task, x: NDArray[Any], y: NDArray[Any], seed: int
) -> dict[str, Any]:
    """The parameters that won, as `estimator.set_params` takes them. Whatever scikit-learn raises passes through.

    The folds are drawn by `seed`. Nothing fitted elsewhere comes back: the caller fits the winner itself, so that
    where a search ran changes no byte of the artifact.
    """
    prefix = f"{ESTIMATOR_STEP}__" if ESTIMATOR_STEP in getattr(estimator, "named_steps", {}) else ""
    grid = {f"{prefix}{name}": values for name, values in spec.parameters.items()}
    unknown = [name for name in grid if name not in estimator.get_params()]
    if unknown:
        raise InvalidModelFile(f"The search names a parameter that the estimator has not: {unknown[0]!r}.")
    folds = (StratifiedKFold if task == "classification" else KFold)(spec.folds, shuffle=True, random_state=seed)
    shared = {"scoring": metric, "cv": folds, "error_score": "raise", "refit": False}
    combinations = _combinations(grid)
    with count_progress("Searching", None if spec.method == "halving" else min(combinations, _most(spec))) as advance:
        if spec.method == "grid":
            search: Any = _told(GridSearchCV, advance)(estimator, grid, **shared)
        elif spec.method == "random":
            tried = min(spec.candidates, combinations)
            search = _told(RandomizedSearchCV, advance)(estimator, grid, n_iter=tried, random_state=seed, **shared)
        else:
            search = _told(HalvingGridSearchCV, advance)(estimator, grid, random_state=seed, **shared)
        search.fit(x, y)
    if not np.isfinite(search.best_score_):
        raise ValueError(f"{metric} has no value in some fold, whatever the parameters: a class may be missing there.")
    return dict(search.best_params_)


@contextlib.contextmanager
def backend(address: str | None) -> Iterator[None]:
    """Within it, joblib runs on this machine's cores, or on the cluster that `dask=tcp://host:port` names.

    Raises InvalidModelFile where that cannot be reached.
    """
    if address is None:
        with joblib.parallel_config("loky", n_jobs=-1):
            yield
        return
    kind, _, scheduler = address.partition("=")
    if kind != "dask" or "://" not in scheduler:
        raise InvalidModelFile(f"A backend is given as dask=tcp://host:port; it is {address!r}.")
    try:
        from distributed import Client
    except ImportError as error:
        raise InvalidModelFile(
            "--backend dask needs the package distributed: pip install it, in the version of the cluster."
        ) from error
    try:
        client: Any = Client(scheduler, timeout=DASK_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call] # it has no types
    except (OSError, ValueError) as error:
        raise InvalidModelFile(f"No Dask scheduler answers at {scheduler}: {error}.") from error
    with client, joblib.parallel_config("dask", client=client):
        yield


def _told(kind: type[Any], advance: Callable[[int], None]) -> type[Any]:
    """The search class `kind`, which tells `advance` of each part of its candidates that was evaluated."""

    plain: Callable[..., Any] = kind

    class Told(kind):  # type: ignore[misc] # the base is chosen at run time
        def _run_search(self, evaluate: Callable[..., Any], callback_ctx: Any) -> None:
            def in_parts(
                candidates: Any, cv: Any = None, more_results: Mapping[str, Sequence[Any]] | None = None, **_: Any
            ) -> Any:
                listed = list(candidates)
                results = None
                for start in range(0, len(listed), AT_ONCE):
                    part = slice(start, start + AT_ONCE)
                    more = {name: values[part] for name, values in (more_results or {}).items()}
                    results = evaluate(listed[part], cv, more_results=more or None)
                    advance(len(listed[part]))
                return results

            super()._run_search(in_parts, callback_ctx=callback_ctx)

        def __reduce__(self) -> Any:
            # It travels with each fit, to workers that have scikit-learn and no `training`: as what it is there.
            return functools.partial(plain, **self.get_params(deep=False)), ()

    return Told


def _combinations(grid: Mapping[str, Sequence[Any]]) -> int:
    count = 1
    for values in grid.values():
        count *= len(values)
    return count


def _most(spec: SearchSpec) -> int:
    return spec.candidates if spec.method == "random" else 10**9
