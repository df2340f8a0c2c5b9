"""A search finds the best of what it is given, and gives the same artifact wherever its fits run."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import load_wine
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - it makes HalvingGridSearchCV importable
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

from tests.unit.training.dumping import dump_estimator
from training.errors import InvalidModelFile
from training.fit.description import DataSpec, EstimatorSpec, Method, ModelSpec, SearchSpec
from training.fit.fitting import train_model
from training.fit.search import AT_ONCE, best_parameters
from training.fit.trained_model import TrainedModel

KNN = ModelSpec(
    "wine",
    DataSpec("sklearn.datasets.load_wine", "cultivar"),
    EstimatorSpec("sklearn.neighbors.KNeighborsClassifier"),
    search=SearchSpec("grid", {"n_neighbors": [1, 9, 90], "p": [1, 2]}, folds=3),
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A scheduler and two worker processes on the loopback address."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        with distributed.Client(running.scheduler_address, set_as_default=False) as client:
            client.run(without_training)
        yield running.scheduler_address


def without_training() -> None:
    """Make `import training` fail in this process, as on a worker that has scikit-learn alone."""
    for name in [name for name in sys.modules if name.startswith("training.")]:
        del sys.modules[name]
    sys.modules["training"] = None  # type: ignore[assignment] # so Python documents it


def neighbours(model: TrainedModel) -> int:
    found: int = model.estimator[-1].n_neighbors
    return found


def test_a_grid_search_leaves_the_worst_behind_and_fits_the_best() -> None:
    model = train_model(KNN, seed=0)
    assert neighbours(model) in (1, 9)
    assert type(model.estimator[-1]).__name__ == "KNeighborsClassifier"


@pytest.mark.parametrize("method", ["random", "halving"])
def test_the_other_searches_are_drawn_by_the_seed(method: Method) -> None:
    assert KNN.search is not None
    spec = replace(KNN, search=replace(KNN.search, method=method, candidates=3, parameters={"n_neighbors": [1, 3, 9]}))
    first, again = (dump_estimator(train_model(spec, seed=3).estimator) for _ in range(2))
    assert first == again


MANY = {"n_neighbors": [9, 3, 7, 1, 5, 2, 6], "p": [1, 2, 3]}
"""More than are searched together. Several of them are equally good."""

SPLIT: dict[str, Any] = {"scoring": "accuracy", "cv": StratifiedKFold(3, shuffle=True, random_state=5), "refit": False}
THEIRS = {
    "grid": GridSearchCV(KNeighborsClassifier(), MANY, **SPLIT),
    "random": RandomizedSearchCV(KNeighborsClassifier(), MANY, n_iter=18, random_state=5, **SPLIT),
    "halving": HalvingGridSearchCV(KNeighborsClassifier(), MANY, random_state=5, **SPLIT),
}


def searched(method: Method, x: NDArray[Any], y: NDArray[Any]) -> dict[str, Any]:
    spec = SearchSpec(method, MANY, folds=3, candidates=18)
    return best_parameters(KNeighborsClassifier(), spec, "accuracy", "classification", x, y, seed=5)


@pytest.mark.parametrize("shift", range(3))
@pytest.mark.parametrize("method", ["grid", "random", "halving"])
def test_what_wins_is_what_wins_in_scikit_learns_own_search_over_all_candidates(method: Method, shift: int) -> None:
    x, y = load_wine(return_X_y=True)
    y = np.roll(y, 10 * shift)
    assert searched(method, x, y) == THEIRS[method].fit(x, y).best_params_


@pytest.mark.parametrize(("method", "shown"), [("grid", "21/21"), ("random", "18/18"), ("halving", "3/?")])
def test_a_terminal_shows_how_far_a_search_is(
    method: Method, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert AT_ONCE < 18
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes it for a terminal
    searched(method, *load_wine(return_X_y=True))
    assert shown in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("method", ["grid", "random", "halving"])
def test_a_dask_cluster_of_two_workers_without_training_gives_the_same_artifact(cluster: str, method: Method) -> None:
    assert KNN.search is not None
    spec = replace(KNN, search=replace(KNN.search, method=method, parameters={"n_neighbors": [1, 3, 9]}))
    here, there = train_model(spec, 0), train_model(spec, 0, backend=f"dask={cluster}")
    assert dump_estimator(here.estimator) == dump_estimator(there.estimator)


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        ("dask=somewhere", "dask=tcp://host:port"),
        ("ray=tcp://x:1", "dask=tcp"),
        ("dask=tcp://127.0.0.1:9", "No Dask scheduler"),
    ],
)
def test_a_backend_that_is_none_is_refused(
    backend: str, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("training.dask_cluster.DASK_SECONDS", 1)
    with pytest.raises(InvalidModelFile, match=sentence):
        train_model(KNN, 0, backend=backend)


def test_a_parameter_that_the_estimator_does_not_have_is_refused() -> None:
    assert KNN.search is not None
    with pytest.raises(InvalidModelFile, match="'estimator__depth'"):
        train_model(replace(KNN, search=replace(KNN.search, parameters={"depth": [1]})), 0)
