"""A cluster whose workers lack this project scores as this machine does, also while one of its workers is killed."""

import csv
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from training.cli.main import main

ROWS = 240


@pytest.fixture
def cluster() -> Iterator[Any]:
    """A scheduler and two worker processes on the loopback address."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as running,
        distributed.Client(running.scheduler_address, set_as_default=False) as client,
    ):
        client.run(without_project)
        yield client


def without_project() -> None:
    """Make this process one that has neither `handler` nor `training`, nor what prints and speaks to AWS for them."""
    gone = ("handler", "training", "rich", "click", "boto3", "botocore")
    for name in [name for name in sys.modules if name.partition(".")[0] in gone]:
        del sys.modules[name]

    class Nobody:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name.partition(".")[0] in gone[2:]:
                raise ModuleNotFoundError(name)

    sys.meta_path.insert(0, Nobody)
    project = [place for place in sys.path if os.path.isdir(os.path.join(place or ".", "handler"))]  # noqa: PTH112, PTH118 - runs on a worker, by value
    sys.path[:] = [place for place in sys.path if place not in project]
    assert "handler" not in sys.modules


def pids(client: Any) -> dict[str, int]:
    return dict(client.run(os.getpid))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "flowers.csv"
    names = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),id"
    rows = [
        f"{4 + place % 7 / 2},{3 + place % 3},{'wide' if place % 60 == 7 else 1.5},0.5,r{place}"
        for place in range(ROWS)
    ]
    path.write_text("\n".join([names, *rows]) + "\n")
    return path


def score(table: Path, out: Path, registry: Path, *options: str) -> Result:
    arguments = ["score", str(table), "--out", str(out), "--keep", "id", "--rows-per-part", "10"]
    return CliRunner().invoke(main, [*arguments, "--model-uri", str(registry), *options])


def parts(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.csv"))}


@pytest.mark.filterwarnings("ignore")
def test_two_workers_without_this_project_give_the_same_parts_while_one_of_them_is_killed(
    cluster: Any, table: Path, iris_registry: Path, tmp_path: Path
) -> None:
    address, out = cluster.scheduler.address, tmp_path / "there"
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while len(list(out.glob("*.csv"))) < 3 and not over.is_set():
            time.sleep(0.01)
        killed.append(next(iter(pids(cluster).values())))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill)
    thread.start()
    there = score(table, out, iris_registry, "--backend", f"dask={address}", "--json")
    over.set()
    thread.join()
    assert there.exit_code == 0, there.stderr
    assert score(table, tmp_path / "here", iris_registry, "--workers", "1").exit_code == 0
    assert len(killed) == 1
    assert parts(out) == parts(tmp_path / "here")
    places = [int(row["row"]) for data in parts(out).values() for row in csv.DictReader(data.decode().splitlines())]
    assert sorted(places) == list(range(ROWS))


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_without_a_worker_is_said_to_have_none(
    table: Path, iris_registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr("training.scoring.cluster.scorer.DASK_SECONDS", 0.2)
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address=None) as running:
        result = score(table, tmp_path / "out", iris_registry, "--backend", f"dask={running.scheduler_address}")
    assert result.exit_code == 1
    assert "has no worker: start some" in result.stderr


def test_a_backend_that_is_none_is_refused_as_it_is_for_a_search(
    table: Path, iris_registry: Path, tmp_path: Path
) -> None:
    result = score(table, tmp_path / "out", iris_registry, "--backend", "dask=somewhere")
    assert result.exit_code == 1
    assert "A backend is given as dask=tcp://host:port; it is 'dask=somewhere'." in result.stderr
