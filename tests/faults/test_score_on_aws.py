"""`score --on-aws` ended at any point and taken up again: each part is scored, none twice, and none is lost.

The bucket and the state machine are moto's, which starts executions and runs nothing. So each test has the function
itself do what the execution is to do, whenever the command waits for it.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from handler import batch
from handler.registry.s3.place import bucket_and_prefix
from tests.conftest import Context
from tests.integration.registries import put_manifest, put_version
from tests.unit.training.scoring.listed import BAD, GOOD, ListedInput
from training.errors import ScoringFailed
from training.release.publish import TrainedFolder
from training.release.stores.schemes import open_writable_store
from training.scoring.on_aws.bucket import JobFolder
from training.scoring.on_aws.executions import StateMachine
from training.scoring.on_aws.scorer import FOLDER, StateMachineScorer, job_id
from training.scoring.running.run import run
from training.scoring.running.version import choose
from training.scoring.writing.folder import FolderOutput
from training.scoring.writing.job import Job
from training.scoring.writing.output import opened_output

TABLE = ListedInput("flowers.csv", [GOOD, BAD, None, GOOD, GOOD, BAD, GOOD])
"""Four parts of two rows."""

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/states"


class InTime(Context):
    """Lambda's context, with all of the function's time left."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


class Place:
    """A registry from which Iris serves, with a state machine, and what the executions so far were given."""

    def __init__(self, uri: str, out: Path) -> None:
        self.uri, self.out, self.context = uri, out, InTime()
        self.s3, self.states = boto3.client("s3"), boto3.client("stepfunctions")
        made = self.states.create_state_machine(name=f"batch-{out.parent.name[-40:]}", definition="{}", roleArn=ROLE)
        self.arn: str = made["stateMachineArn"]
        self.chosen = choose(open_writable_store(uri), "production", None)
        self.job = Job(self.chosen.version, self.chosen.manifest_sha256, "f" * 64, rows_per_part=2)
        bucket, root = bucket_and_prefix(uri)
        self.folder = JobFolder(bucket, root, f"{FOLDER}/{job_id(self.job, [TABLE.tag])}")

    def score(self, sleep: Callable[[float], None], *, resume: bool = False) -> dict[str, Any]:
        """What the command does; `sleep` is what happens while it waits."""
        scorer = StateMachineScorer(self.folder, StateMachine(self.arn), self.chosen, resume, sleep)
        with opened_output(FolderOutput(self.out), self.job, resume=self.out.exists()) as output:
            return run([TABLE], output, scorer, lambda _: None).document()

    def lists(self) -> list[list[dict[str, Any]]]:
        """The chunks that each execution was given."""
        names = sorted(self.folder.tags("lists/"))
        return [[json.loads(line) for line in (self.folder.get(name) or b"").splitlines()] for name in names]

    def executions(self) -> list[str]:
        return [each["executionArn"] for each in self.states.list_executions(stateMachineArn=self.arn)["executions"]]

    def work(self, most: int = 100) -> None:
        """Do what the newest execution is there for, for so many chunks, and stop it."""
        for item in self.lists()[-1][:most]:
            batch.lambda_handler(item, self.context)  # type: ignore[arg-type]
        self.states.stop_execution(executionArn=self._running())

    def end(self, words: list[str], error: str | None = None) -> None:
        """Do the chunks whose word is "scored", and end the execution with these words, or with an error."""
        for item, word in zip(self.lists()[-1], words, strict=True):
            if word == "scored":
                batch.lambda_handler(item, self.context)  # type: ignore[arg-type]
        # moto ends none by itself, and answers with what is set here.
        execution = get_backend("stepfunctions")[ACCOUNT]["us-east-1"].describe_execution(self._running())
        execution.status, execution.error = ("FAILED", error) if error else ("SUCCEEDED", None)
        execution.output = None if error else json.dumps(words)

    def _running(self) -> str:
        (running,) = self.states.list_executions(stateMachineArn=self.arn, statusFilter="RUNNING")["executions"]
        return str(running["executionArn"])

    def written(self) -> dict[str, bytes]:
        """The parts, and what was refused."""
        return {path.name: path.read_bytes() for path in sorted(self.out.rglob("*.csv"))} | {
            f"refused/{path.name}": path.read_bytes() for path in sorted(self.out.glob("refused/*.csv"))
        }


@pytest.fixture
def place(bucket: str, iris: TrainedFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    uri = f"s3://{bucket}/models/iris"
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    monkeypatch.setenv("MODEL_URI", uri)
    batch.environment.cache_clear()
    yield Place(uri, tmp_path / "out")
    batch.environment.cache_clear()


def never(_: float) -> None:
    pytest.fail("it waits for nothing")


def test_rows_are_answered_and_refused_and_a_second_command_finds_all_of_it(place: Place, tmp_path: Path) -> None:
    done = place.score(lambda _: place.work())
    assert (done["rows"], done["answered"], done["refused"]) == (7, 4, 3)
    assert done["refused_by_code"] == {"invalid_features": 2, "invalid_json": 1}
    with pytest.raises(ScoringFailed, match="--resume"):
        place.score(never, resume=False)
    first, place.out = place.written(), tmp_path / "another"
    place.score(never, resume=True)
    assert place.written() == first
    assert [len(chunks) for chunks in place.lists()] == [4]


def test_killed_before_the_run_is_started_the_chunks_are_scored_by_the_next_command(place: Place) -> None:
    arn, place.arn = place.arn, place.arn + "-gone"
    with pytest.raises(ScoringFailed, match="could not be started"):
        place.score(never)
    place.arn = arn
    assert (len(place.lists()), place.executions()) == (1, [])
    assert place.score(lambda _: place.work(), resume=True)["rows"] == 7


def test_interrupted_the_run_goes_on_and_the_next_command_waits_for_it(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.score(interrupt)
    (execution,) = place.executions()
    said = capsys.readouterr().err
    assert "--resume" in said
    assert f"stop-execution --execution-arn {execution}" in said
    assert place.score(lambda _: place.work(), resume=True)["rows"] == 7
    assert place.executions() == [execution]


def test_a_run_that_is_stopped_leaves_what_it_scored_and_the_next_scores_the_rest_alone(place: Place) -> None:
    with pytest.raises(ScoringFailed, match=r"2 of 4 parts were not scored.*it was stopped"):
        place.score(lambda _: place.work(most=2))
    assert [*place.written()][:2] == ["flowers-00000.csv", "flowers-00001.csv"]
    done = place.score(lambda _: place.work(), resume=True)
    assert (done["rows"], done["parts_kept"]) == (7, 2)
    assert [[Path(item["chunk"]).name[8:13] for item in chunks] for chunks in place.lists()] == [
        ["00000", "00001", "00002", "00003"],
        ["00002", "00003"],
    ]


def test_throttled_and_unscorable_chunks_are_named_as_what_they_are_and_tried_again(place: Place) -> None:
    with pytest.raises(ScoringFailed) as failed:
        place.score(lambda _: place.end(["scored", "left", "scored", "broken"]))
    said = str(failed.value)
    assert "2 of 4 parts were not scored" in said
    assert "flowers-00001: Lambda or S3 throttled it" in said
    assert "flowers-00003: the function cannot score it" in said
    assert "did not come to its end" not in said
    assert place.score(lambda _: place.end(["scored", "scored"]), resume=True)["rows"] == 7


def test_a_run_that_fails_says_what_that_means_and_what_was_scored_is_collected(place: Place) -> None:
    with pytest.raises(
        ScoringFailed, match="cannot load the version, has a bug, or ran out of memory or time"
    ) as failed:
        place.score(lambda _: place.end(["scored", "", "", ""], "States.ExceedToleratedFailureThreshold"))
    assert "3 of 4 parts were not scored" in str(failed.value)
    assert "flowers-00001: the run ended before it was scored" in str(failed.value)
    assert [*place.written()] == ["flowers-00000.csv", "refused/flowers-00000.csv"]


@pytest.mark.parametrize("name", ["parts/flowers-00001.jsonl.gz", "refused/flowers-00001.jsonl.gz"])
def test_what_was_changed_or_is_gone_beside_its_receipt_is_named_and_scored_again(place: Place, name: str) -> None:
    def spoil(_: float) -> None:
        place.work()
        place.folder.put(name, b"something else")

    with pytest.raises(ScoringFailed, match=r"flowers-00001: .* was changed"):
        place.score(spoil)
    assert place.score(lambda _: place.work(), resume=True)["rows"] == 7
    assert [len(chunks) for chunks in place.lists()] == [4, 1]


def test_of_two_commands_at_once_one_is_told_and_starts_nothing(place: Place, tmp_path: Path) -> None:
    original, first = place.folder.create, place.out

    def both(name: str, data: bytes) -> None:
        place.folder.create = original  # type: ignore[method-assign]
        place.out = tmp_path / "second"
        place.score(lambda _: place.work())
        place.out = first
        original(name, data)

    place.folder.create = both  # type: ignore[method-assign]
    with pytest.raises(ScoringFailed, match="Another command"):
        place.score(never)
    assert len(place.executions()) == 1
