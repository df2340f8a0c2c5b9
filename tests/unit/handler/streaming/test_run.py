"""A batch of messages: each is answered as POST /predict answers it, or comes again, and nothing is lost."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from handler.api.application import Application
from handler.streaming.message import UnsupportedBatch
from handler.streaming.places import AnswerQueue
from tests.unit.handler.asking import ask, http_event, open_application
from tests.unit.handler.monitoring.monitor.cloud import hooked
from tests.unit.handler.streaming.cloud import (
    BUS,
    QUEUE_ARN,
    SHARD,
    Bus,
    Queue,
    client,
    context,
    failures,
    queue_event,
    stream_event,
    streams,
)

ROW = [6.0, 2.5, 4.5, 1.5]
SOUND = json.dumps({"features": ROW})
BATCH = json.dumps({"instances": [ROW, ROW]})
REFUSED = (
    "{",
    "[]",
    '{"features": [1e999, 2, 3, 4]}',
    '{"features": [1, 2]}',
    '{"features": {"a": 1}}',
    "NaN",
    "ä",
    " ",
)


@pytest.fixture
def queue() -> Iterator[Queue]:
    with mock_aws():
        yield Queue()


def over_http(application: Application, body: str) -> tuple[int, Any, str]:
    """POST /predict's answer: its status, its body without the request's id, and the version that gave it."""
    answer = ask(application, http_event(body))
    return answer.status, {**answer.body, "request_id": None}, answer.headers["x-model-version"]


def as_message(answer: Any) -> tuple[int, Any, str]:
    return answer["status"], {**answer["body"], "request_id": None}, answer["model_version"]


numbers = st.floats(allow_nan=False) | st.integers(-9, 9) | st.none() | st.booleans() | st.text(max_size=3)
rows = st.lists(numbers, max_size=5) | st.lists(st.floats(0, 8), min_size=4, max_size=4)
bodies = (
    rows.map(lambda row: json.dumps({"features": row}))
    | st.lists(rows, max_size=4).map(lambda several: json.dumps({"instances": several}))
    | st.sampled_from([SOUND, BATCH, *REFUSED])
    | st.text(min_size=1, max_size=20)
)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(bodies, min_size=1, max_size=10))
def test_each_message_is_answered_exactly_as_post_predict_answers_its_body(
    iris_application: Application, queue: Queue, sent: list[str]
) -> None:
    assert failures(streams(iris_application, queue.place).handle(queue_event(sent), context())) == []
    answers = queue.answers()
    assert set(answers) == {f"message-{place}" for place in range(len(sent))}
    for place, body in enumerate(sent):
        assert as_message(answers[f"message-{place}"]) == over_http(iris_application, body)


def test_a_refusal_has_the_message_s_id_for_the_request_s(iris_application: Application, queue: Queue) -> None:
    streams(iris_application, queue.place).handle(queue_event(["{"]), context())
    (answer,) = queue.answers().values()
    assert answer["body"]["request_id"] == answer["message_id"] == "message-0"
    assert (answer["status"], answer["body"]["code"]) == (400, "invalid_json")


def test_records_of_kinesis_are_answered_alike_whatever_their_bytes_are(
    iris_application: Application, queue: Queue
) -> None:
    sent = [SOUND.encode(), b"", b"\xff\xfe{", BATCH.encode(), "ä".encode()]
    assert failures(streams(iris_application, queue.place).handle(stream_event(sent), context())) == []
    answers = queue.answers()
    assert [answers[f"{SHARD}:{place}"]["status"] for place in range(5)] == [200, 400, 400, 200, 400]
    assert answers[f"{SHARD}:2"]["body"]["code"] == "undecodable_body"
    assert as_message(answers[f"{SHARD}:0"]) == over_http(iris_application, SOUND)


@pytest.mark.parametrize(
    ("event", "marks"),
    [(queue_event([SOUND, "{"]), ["message-0", "message-1"]), (stream_event([b"{", b"{"]), ["0", "1"])],
)
def test_without_a_model_all_messages_come_again_and_the_function_does_not_fail(
    queue: Queue, tmp_path: Path, event: dict[str, Any], marks: list[str]
) -> None:
    nothing = open_application(MODEL_URI=str(tmp_path / "nothing"))
    sound = {"Records": [{**record, "body": SOUND} for record in event["Records"]]}
    for record in sound["Records"]:
        if "kinesis" in record:
            record["kinesis"]["data"] = stream_event([SOUND.encode()])["Records"][0]["kinesis"]["data"]
    assert failures(streams(nothing, queue.place).handle(sound, context())) == marks
    assert queue.take() == []


def throttled(*places: int) -> Any:
    """A hook after which SQS says that it did not take these entries of a request."""

    def hook(parsed: dict[str, Any], **_: Any) -> None:
        taken = [each for each in parsed["Successful"] if int(each["Id"]) not in places]
        refused = [{"Id": str(place), "SenderFault": False, "Code": "ThrottlingException"} for place in places]
        parsed["Successful"], parsed["Failed"] = taken, refused

    return hook


def test_exactly_those_come_again_whose_answers_were_not_taken(
    iris_application: Application, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    event = queue_event([SOUND, "{", SOUND, BATCH])
    with hooked(client("sqs"), "after-call.sqs.SendMessageBatch", throttled(1, 3)):
        answered = streams(iris_application, queue.place).handle(event, context())
    assert failures(answered) == ["message-1", "message-3"]
    lines: list[Any] = [record for record in caplog.records if record.message == "messages come again"]
    (line,) = lines
    assert line.reasons == {"ThrottlingException": 2}


def test_a_queue_that_takes_nothing_has_its_request_s_messages_come_again_and_no_others(
    iris_application: Application, queue: Queue
) -> None:
    """A batch of 12 takes two requests; the first one meets no queue."""
    asked: list[Any] = []

    def elsewhere(params: dict[str, Any], **_: Any) -> None:
        asked.append(None)
        if len(asked) == 1:
            params["QueueUrl"] = queue.url + "-gone"

    with hooked(client("sqs"), "provide-client-params.sqs.SendMessageBatch", elsewhere):
        answered = streams(iris_application, queue.place).handle(queue_event([SOUND] * 12), context())
    assert failures(answered) == [f"message-{place}" for place in range(10)]
    assert set(queue.answers()) == {"message-10", "message-11"}


def test_a_replay_from_the_failed_sequence_number_loses_nothing_and_answers_alike(
    iris_application: Application, queue: Queue
) -> None:
    """Kinesis hands a shard's records over again from the first that failed, with those after it."""
    sent = [json.dumps({"features": [6.0, 2.5, 4.5, length]}).encode() for length in (0.5, 1.0, 1.5, 2.0)]
    with hooked(client("sqs"), "after-call.sqs.SendMessageBatch", throttled(1, 2)):
        answered = streams(iris_application, queue.place).handle(stream_event(sent), context())
    assert failures(answered) == ["1", "2"]
    before = queue.answers()
    first = min(map(int, failures(answered)))
    again = streams(iris_application, queue.place).handle(stream_event(sent[first:], first), context())
    assert failures(again) == []
    after = queue.answers()
    assert set(before) | set(after) == {f"{SHARD}:{place}" for place in range(4)}
    both = set(before) & set(after)
    assert f"{SHARD}:3" in both
    assert {each: before[each] for each in both} == {each: after[each] for each in both}


def test_messages_that_the_time_does_not_suffice_for_come_again_and_those_before_are_answered(
    iris_application: Application, queue: Queue
) -> None:
    left = iter([60.0, 30.0, 2.0, 1.0])
    answered = streams(iris_application, queue.place).handle(queue_event([SOUND] * 4), context(lambda: next(left)))
    assert failures(answered) == ["message-2", "message-3"]
    assert set(queue.answers()) == {"message-0", "message-1"}


def test_an_answer_that_is_too_large_is_replaced_by_one_that_says_so(
    iris_application: Application, queue: Queue
) -> None:
    narrow = AnswerQueue(client("sqs"), queue.url, most_bytes=1000)
    many = json.dumps({"instances": [ROW] * 20})
    assert failures(streams(iris_application, narrow).handle(queue_event([many, SOUND, many]), context())) == []
    answers = queue.answers()
    assert [answers[f"message-{place}"]["status"] for place in range(3)] == [413, 200, 413]
    refusal = answers["message-0"]["body"]
    assert (refusal["code"], refusal["request_id"], refusal["details"]) == ("answer_too_large", "message-0", [])
    assert "of the 1000 that there are" in refusal["error"]


@pytest.fixture
def bus() -> Iterator[Bus]:
    with mock_aws():
        yield Bus()


def test_a_bus_gets_each_answer_as_an_event_that_names_the_queue_it_came_from(
    iris_application: Application, bus: Bus
) -> None:
    sent = [SOUND, "{", *[BATCH] * 10]
    with bus.watched():
        assert failures(streams(iris_application, bus.place).handle(queue_event(sent), context())) == []
    for entry, body, place in zip(bus.entries, sent, range(12), strict=True):
        assert (entry["EventBusName"], entry["Resources"]) == (BUS, [QUEUE_ARN])
        assert (entry["Source"], entry["DetailType"]) == ("sklearn-on-lambda", "Prediction")
        answer = json.loads(entry["Detail"])
        assert answer["message_id"] == f"message-{place}"
        assert as_message(answer) == over_http(iris_application, body)


def test_exactly_those_come_again_whose_events_the_bus_did_not_take(iris_application: Application, bus: Bus) -> None:
    def hook(parsed: dict[str, Any], **_: Any) -> None:
        parsed["Entries"][1] = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slowly"}

    with hooked(client("events"), "after-call.events.PutEvents", hook):
        answered = streams(iris_application, bus.place).handle(queue_event([SOUND] * 3), context())
    assert failures(answered) == ["message-1"]


@pytest.mark.parametrize(
    "event",
    [
        {},
        [],
        None,
        {"Records": None},
        {"Records": []},
        {"Records": ["text"]},
        http_event(SOUND),
        {"Records": [{"eventSource": "aws:s3"}]},
        {"Records": [*queue_event([SOUND])["Records"], *stream_event([b"{"])["Records"]]},
    ],
)
def test_what_is_no_batch_of_one_kind_is_refused_with_what_it_should_have_been(
    iris_application: Application, event: Any
) -> None:
    with pytest.raises(UnsupportedBatch, match=r"answers batches of .*"):
        streams(iris_application, AnswerQueue(None, "")).handle(event, context())


def test_a_line_of_the_log_names_the_message_that_it_is_about_and_no_value_of_it(
    iris_root: Path, queue: Queue, caplog: pytest.LogCaptureFixture
) -> None:
    application = open_application(MODEL_URI=str(iris_root))
    lines: list[str] = []
    caplog.handler.setFormatter(application.telemetry.logger.registered_formatter)
    with hooked(client("sqs"), "provide-client-params.sqs.SendMessageBatch", lambda **_: lines.append(caplog.text)):
        streams(application, queue.place).handle(queue_event(["{", SOUND]), context())
    written = [json.loads(line) for line in lines[0].splitlines() if '"answered"' in line]
    assert [(line["message_id"], line["status"]) for line in written] == [("message-0", 400), ("message-1", 200)]
    assert "4.5" not in str(written)
