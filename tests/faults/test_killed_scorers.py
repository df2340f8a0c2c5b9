"""Real kills of a real `score`, of its workers and of the whole: no row is there twice, and none is lost."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import boto3
import pytest
from click.testing import CliRunner, Result

from handler.records.signature import Feature
from tests.faults.proxy import Proxy
from tests.faults.releases import everything
from tests.faults.test_killed_writers import run as run_and_kill
from tests.integration.registries import put_manifest, put_version
from tests.unit.training.scoring.listed import GOOD, ListedChunk, ListedInput, Told
from training.cli.main import main
from training.errors import ScoringFailed
from training.release.publish import TrainedFolder
from training.scoring.chunk import ChunkValues
from training.scoring.running.processes import ATTEMPTS, ProcessScorer
from training.scoring.running.run import run
from training.scoring.writing.job import Job
from training.scoring.writing.opened import open_place
from training.scoring.writing.output import opened_output

ROWS = 600


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "flowers.csv"
    third = ["wide" if place % 10 == 7 else 1.5 for place in range(ROWS)]
    names = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)"
    rows = [f"{4 + place % 7 / 2},{3 + place % 3},{third[place]},0.5" for place in range(ROWS)]
    path.write_text("\n".join([names, *rows]) + "\n")
    return path


def arguments(table: Path, out: str, registry: Path, rows: int, *options: str) -> list[str]:
    given = ["score", str(table), "--out", out, "--rows-per-part", str(rows), "--model-uri", str(registry)]
    return [*given, "--workers", "2", *options]


def scored(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.stderr
    return result


def places(files: dict[str, bytes]) -> list[int]:
    """The rows of all parts, answered and refused."""
    tables = [data.decode().splitlines() for name, data in files.items() if name.endswith(".csv")]
    return [int(row["row"]) for lines in tables for row in csv.DictReader(lines)]


def parts(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*.csv"))}


def ended(pids: list[int]) -> bool:
    """Whether all of these processes end within some seconds."""
    until = time.monotonic() + 20
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < until:
        time.sleep(0.02)
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@dataclass(frozen=True)
class Deadly(ListedChunk):
    """A chunk that kills the process that reads it, as the system does where memory is short: `times` times."""

    where: str = ""
    times: int = 0

    def read(self, features: tuple[Feature, ...]) -> ChunkValues:
        died = Path(self.where, f"died-{self.number}")
        before = len(died.read_text()) if died.exists() else 0
        if before < self.times:
            died.write_text("x" * (before + 1))
            os.kill(os.getpid(), signal.SIGKILL)
        return super().read(features)


@dataclass(frozen=True)
class DeadlyInput(ListedInput):
    where: str = ""
    times: int = 0

    def chunks(self, rows: int) -> Iterator[ListedChunk]:
        for chunk in super().chunks(rows):
            yield Deadly(chunk.number, chunk.first, chunk.rows, self.where, self.times if chunk.number == 1 else 0)


def test_a_part_whose_worker_is_killed_is_scored_by_another_and_given_up_once_several_died_of_it(
    tmp_path: Path, iris: TrainedFolder, iris_registry: Path
) -> None:
    job = Job(iris.manifest.version, "0" * 64, "", rows_per_part=2)
    source = DeadlyInput("t.csv", [GOOD] * 7, where=str(tmp_path), times=1)
    place = open_place(str(tmp_path / "out"))
    scorer = ProcessScorer(iris_registry, iris.manifest.version, 1)
    with opened_output(place, job, resume=False) as output:
        assert run([source], output, scorer, print).rows == 7
    assert sorted(places(parts(tmp_path / "out"))) == list(range(7))
    with (
        opened_output(place, replace(job, keep=("id",)), resume=True) as output,
        pytest.raises(ScoringFailed, match=rf"t-00001 could not be scored: {ATTEMPTS} processes died of it \(exit"),
    ):
        run([replace(source, times=1 + ATTEMPTS)], output, scorer, print)
    again = Told()
    with opened_output(place, replace(job, keep=("id",)), resume=True) as output:
        run([source], output, again, print)
    assert "t-00000" not in again.seen  # what was done is kept


def test_a_run_that_is_killed_or_interrupted_leaves_no_process_and_is_gone_on_with(
    table: Path, tmp_path: Path, iris_registry: Path
) -> None:
    out = tmp_path / "out"
    command = arguments(table, str(out), iris_registry, 3)
    kept: dict[str, bytes] = {}
    for number, signalled in enumerate((signal.SIGKILL, signal.SIGINT)):
        process = subprocess.Popen(
            [sys.executable, "-m", "training", *command, *(["--resume"] if number else [])],
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        while len(list(out.glob("receipts/*-*.json"))) < 40 * (number + 1):
            assert process.poll() is None
            time.sleep(0.005)
        children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        if signalled == signal.SIGINT:
            os.killpg(process.pid, signalled)  # as a terminal does
        else:
            process.kill()
        _, said = process.communicate(timeout=30)
        assert ended(children)
        if signalled == signal.SIGINT:
            assert process.returncode == 1
            assert "The parts that are done are kept: give the same command with --resume to go on." in said
            assert "Traceback" not in said
        now = parts(out)
        assert kept.items() <= now.items()
        assert now
        kept = now
    result = scored(*command, "--resume")
    assert "kept from an earlier run" in result.stderr
    assert sorted(places(parts(out))) == list(range(ROWS))
    assert kept.items() <= parts(out).items()
    assert not list(out.rglob(".writing-*"))


def test_a_run_killed_at_a_write_to_s3_loses_nothing_and_writes_nothing_twice(
    proxy: Proxy,
    model_uri: str,
    s3_url: str,
    table: Path,
    tmp_path: Path,
    iris_registry: Path,
    record: Callable[..., None],
) -> None:
    """Its writes are the mark, and of each part the answers, the refused rows and the receipt."""
    command = arguments(table, model_uri, iris_registry, 300, "--resume")
    ends = []
    # Before a part's receipt; after it was written, its answer lost; after the second part.
    for at, forwarded, left in ((3, True, 0), (4, True, 1), (2, True, 1)):
        ends.append(run_and_kill(proxy, at, forwarded, *command))
        receipts = [key for key in everything(model_uri, s3_url) if "/receipts/flowers" in key]
        record(f"score killed at write {at}, answer lost", "-", "-", f"{len(receipts)} of 2 parts with a receipt")
        assert len(receipts) == left
    assert ends == [-signal.SIGKILL] * 3
    assert "Parts 2, 1 of them kept from an earlier run" in " ".join(scored(*command).stderr.split())
    scored(*arguments(table, str(tmp_path / "here"), iris_registry, 300))
    bucket, prefix = model_uri.removeprefix("s3://").split("/", 1)
    client = boto3.client("s3", endpoint_url=s3_url)
    keys = [entry["Key"] for entry in client.list_objects_v2(Bucket=bucket, Prefix=f"{prefix}/")["Contents"]]
    there = {
        key.removeprefix(f"{prefix}/"): client.get_object(Bucket=bucket, Key=key)["Body"].read()
        for key in keys
        if key.endswith(".csv")
    }
    assert there == parts(tmp_path / "here")
    assert sorted(places(there)) == list(range(ROWS))


def test_a_version_that_the_function_would_refuse_is_refused_in_one_sentence(
    table: Path, tmp_path: Path, iris: TrainedFolder
) -> None:
    registry = tmp_path / "registry"
    put_version(str(registry), iris)
    put_manifest(str(registry), replace(iris.manifest, runtime={**iris.manifest.runtime, "scikit-learn": "0.24.2"}))
    result = CliRunner().invoke(main, arguments(table, str(tmp_path / "out"), registry, 300))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")
    assert "0.24.2" in result.stderr
    assert "Traceback" not in result.stderr
