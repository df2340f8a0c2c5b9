"""The entry for messages: a batch from end to end, and each failure of a whole one is logged in JSON and raised."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from handler import stream
from handler.stream import BatchFailed, lambda_handler
from handler.streaming.places import AnswerBus
from tests.unit.handler.streaming.cloud import Queue, context, failures, queue_event

SOUND = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})
SECRET = "a text that nobody should read"


@pytest.fixture
def queue(iris_root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    """The answers of an environment that serves Iris, its caches empty before and after."""
    with mock_aws():
        made = Queue()
        for name, value in {
            "MODEL_URI": str(iris_root),
            "ANSWER_QUEUE_URL": made.url,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }.items():
            monkeypatch.setenv(name, value)
        for cached in (stream.application, stream.place):
            cached.cache_clear()
        yield made
    for cached in (stream.application, stream.place):
        cached.cache_clear()


def failed(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [record for record in caplog.records if record.message == "batch failed"]


def test_a_batch_is_answered_in_the_queue_and_its_metrics_are_written(
    queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    lambda_handler(queue_event([SOUND]), context())  # with it go the metrics of other tests
    queue.take()
    capsys.readouterr()
    assert failures(lambda_handler(queue_event([SOUND, "{"]), context())) == []
    answers = queue.answers()
    assert {each: answer["status"] for each, answer in answers.items()} == {"message-0": 200, "message-1": 400}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    (counted,) = [line for line in lines if "_aws" in line and "Requests" in line]
    assert (sum(counted["Requests"]), counted["Predictions"]) == (2, [1.0])


def test_one_environment_answers_batch_after_batch_by_one_model_and_one_client(queue: Queue) -> None:
    lambda_handler(queue_event([SOUND]), context())
    application, place = stream.application(), stream.place()
    lambda_handler(queue_event([SOUND], first=1), context())
    assert (stream.application(), stream.place()) == (application, place)
    assert set(queue.answers()) == {"message-0", "message-1"}


def test_answers_go_to_a_bus_where_one_is_named(queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSWER_QUEUE_URL", "")
    monkeypatch.setenv("ANSWER_BUS", "answers")
    place = stream.place()
    assert isinstance(place, AnswerBus)
    assert place.name == "answers"
    assert queue.take() == []


def test_settings_that_cannot_be_fail_the_batch_and_are_named(
    queue: Queue, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ANSWER_QUEUE_URL", "")
    with pytest.raises(BatchFailed, match="ANSWER_QUEUE_URL"):
        lambda_handler(queue_event([SOUND]), context())
    assert [line.error for line in failed(caplog)] == ["InvalidSettings"]
    assert queue.take() == []


@pytest.mark.usefixtures("queue")
def test_another_source_fails_with_the_source_s_name_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(BatchFailed, match="aws:dynamodb"):
        lambda_handler({"Records": [{"eventSource": "aws:dynamodb"}]}, context())
    (line,) = failed(caplog)
    assert (line.levelname, line.error) == ("ERROR", "UnsupportedBatch")


def test_a_bug_is_told_by_its_name_and_where_it_is_and_not_by_its_text(
    queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> float:
        raise KeyError(SECRET)

    with pytest.raises(BatchFailed, match="KeyError") as raised:
        lambda_handler(queue_event([SOUND]), context(broken))
    (line,) = failed(caplog)
    assert "get_remaining_time_in_millis" in line.trace
    assert SECRET not in f"{raised.value} {line.trace} {line.getMessage()}"
    assert queue.take() == []
