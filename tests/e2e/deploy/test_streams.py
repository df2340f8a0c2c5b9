"""Messages of a queue and records of a stream, in a stack: each is answered as POST /predict answers, or given up.

The stand-in (ministack 1.5.33) takes the function's word on each message of a queue, hides it, and gives it up. Of a
Kinesis stream it does not: it hands records over once, whatever the function says. So what happens after a failed
record is tried by invoking the function as Lambda would, from the failed sequence number on.
"""

import base64
import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from ops.stack import Stack
from tests.e2e.deploy.conftest import user_with
from tests.e2e.deploy.streams.messages import NEVER
from tests.e2e.deploy.streams.soak import take
from tests.e2e.deploy.streams.stage import MESSAGES, STREAM, Messages

SOUND = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})


def test_without_a_model_messages_come_again_and_are_answered_once_there_is_one(messages: Messages) -> None:
    assert any('"reasons":{"503"' in line for line in messages.denied_lines), messages.denied_lines
    assert messages.answered_after >= messages.denied


def test_no_message_is_lost_and_each_is_answered_exactly_as_by_the_api(messages: Messages) -> None:
    soaked = messages.soaked
    assert len(soaked.ids) == len(set(soaked.ids)) == MESSAGES
    assert soaked.lost == []
    assert soaked.differing(messages.expected) == []
    assert soaked.differing_duplicates == []


def test_only_what_can_never_be_answered_is_given_up(messages: Messages) -> None:
    soaked = messages.soaked
    never = [each for each in soaked.planned if each.kind == "never"]
    assert soaked.kinds_given_up() == {"never": len(never)}
    assert never


def invoke(stack: Stack, records: list[dict[str, Any]]) -> list[str]:
    """The messages that are to come again of a batch that the function is invoked with as Lambda would."""
    answer = stack.stand_in.client("lambda").invoke(
        FunctionName=stack.outputs["StreamFunctionName"], Payload=json.dumps({"Records": records})
    )
    told = json.loads(answer["Payload"].read())
    assert set(told) == {"batchItemFailures"}, told
    return [each["itemIdentifier"] for each in told["batchItemFailures"]]


def answers(stack: Stack, messages: int, seconds: float = 60) -> dict[str, str]:
    """The next answers as they were sent, by their message's id: so many of them, or all within `seconds`."""
    found: dict[str, str] = {}
    deadline = time.monotonic() + seconds
    while len(found) < messages and time.monotonic() < deadline:
        found |= {json.loads(body)["message_id"]: body for _, body in take(stack, "AnswerQueueUrl")}
    return found


def test_a_message_that_is_delivered_again_is_answered_alike_to_the_last_byte(messages: Messages) -> None:
    record = {"messageId": "again", "body": SOUND, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:x:y:z"}
    twice = []
    for _ in range(2):
        assert invoke(messages.stack, [record]) == []
        twice.append(answers(messages.stack, 1))
    assert twice[0] == twice[1]
    assert set(twice[0]) == {"again"}


def test_records_of_a_stream_are_answered(messages: Messages) -> None:
    kinesis = messages.stack.stand_in.client("kinesis")
    records = [{"Data": body.encode(), "PartitionKey": "one"} for body in [SOUND, "{", SOUND]]
    put = kinesis.put_records(StreamName=STREAM, Records=records)["Records"]
    found = answers(messages.stack, len(records))
    assert [json.loads(found[f"{each['ShardId']}:{each['SequenceNumber']}"])["status"] for each in put] == [
        200,
        400,
        200,
    ]


def test_a_failed_record_is_named_and_a_replay_from_it_answers_the_others_alike(messages: Messages) -> None:
    def record(number: int, body: str) -> dict[str, Any]:
        data = {"sequenceNumber": str(number), "data": base64.b64encode(body.encode()).decode(), "partitionKey": "one"}
        source = {"eventSource": "aws:kinesis", "eventSourceARN": "arn:aws:kinesis:x:y:stream/z"}
        return {"kinesis": data, "eventID": f"shardId-000000000000:{number}", **source}

    bodies = [SOUND, NEVER, SOUND, "{"]
    records = [record(number, body) for number, body in enumerate(bodies)]
    assert invoke(messages.stack, records) == ["1"]
    before = answers(messages.stack, 3)
    assert invoke(messages.stack, records[1:]) == ["1"]
    after = answers(messages.stack, 2)
    assert {name.rpartition(":")[2] for name in before} == {"0", "2", "3"}
    assert after == {name: body for name, body in before.items() if not name.endswith(":0")}


def test_who_may_send_messages_may_take_answers_and_see_no_one_else_s_messages(messages: Messages) -> None:
    stack = messages.stack
    sqs = stack.stand_in.client("sqs", user_with(stack, "sender", "StreamPolicyArn"))
    sent = sqs.send_message(QueueUrl=stack.outputs["RequestQueueUrl"], MessageBody=SOUND)
    found: set[str] = set()
    deadline = time.monotonic() + 60
    while sent["MessageId"] not in found and time.monotonic() < deadline:
        got = sqs.receive_message(QueueUrl=stack.outputs["AnswerQueueUrl"], WaitTimeSeconds=1).get("Messages", [])
        found |= {json.loads(each["Body"])["message_id"] for each in got}
    assert sent["MessageId"] in found
    for queue in ("RequestQueueUrl", "DeadLetterQueueUrl"):
        with pytest.raises(ClientError, match="AccessDenied"):
            sqs.receive_message(QueueUrl=stack.outputs[queue])
    with pytest.raises(ClientError, match="AccessDenied"):
        sqs.send_message(QueueUrl=stack.outputs["AnswerQueueUrl"], MessageBody="{}")
