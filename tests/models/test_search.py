"""A search finds the best of what it is given, and gives the same artifact wherever its fits run."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from training.errors import InvalidModelFile
from training.fit.description import DataSpec, EstimatorSpec, Method, ModelSpec, SearchSpec
from training.fit.fitting import train_model
from training.fit.trained_model import TrainedModel
from training.folder.writing import dump_estimator

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
        yield running.scheduler_address


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


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_of_two_workers_gives_the_same_artifact(cluster: str) -> None:
    here, there = train_model(KNN, 0), train_model(KNN, 0, backend=f"dask={cluster}")
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
    monkeypatch.setattr("training.fit.search.DASK_SECONDS", 1)
    with pytest.raises(InvalidModelFile, match=sentence):
        train_model(KNN, 0, backend=backend)


def test_a_parameter_that_the_estimator_has_not_is_refused() -> None:
    assert KNN.search is not None
    with pytest.raises(InvalidModelFile, match="'estimator__depth'"):
        train_model(replace(KNN, search=replace(KNN.search, parameters={"depth": [1]})), 0)
