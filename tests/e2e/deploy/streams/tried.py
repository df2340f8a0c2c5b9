"""What is tried once by hand while the brittle model serves: deliveries again, records of a stream, and rights.

The stand-in (ministack 1.5.33) takes the function's word on each message of a queue, hides it, and gives it up. Of a
Kinesis stream it does not: it hands records over once, whatever the function says. So what happens after a failed
record is tried by invoking the function as Lambda would, from the failed sequence number on.
"""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from ops.aws_stand_in import Credentials
from ops.stack import Stack
from tests.e2e.deploy.streams.messages import NEVER
from tests.e2e.deploy.streams.soak import take

STREAM = "requests"
SOUND = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})
OF_STREAM = [SOUND, "{", SOUND]
REPLAYED = [SOUND, NEVER, SOUND, "{"]
"""The second of them fails."""


@dataclass(frozen=True)
class Tried:
    """What came of it. Answers are as they were sent, by the id of their message.

    `twice` are those to one message that was delivered twice. `put` are the ids of the records OF_STREAM, `of_stream`
    the answers. `failed` are the records that the function named of REPLAYED, and of those from the failed one on, with
    the answers `before` and `after`. `sent` is the message of who may send, `taken` whose answers they found, and
    `refused` which acts of theirs were refused.
    """

    twice: list[dict[str, str]]
    put: list[str]
    of_stream: dict[str, str]
    failed: list[list[str]]
    before: dict[str, str]
    after: dict[str, str]
    sent: str
    taken: set[str]
    refused: list[str]

    @classmethod
    def at(cls, stack: Stack, sender: Credentials) -> "Tried":
        """Try all of it at `stack`, whose queues are empty; `sender` has StreamPolicyArn alone."""
        twice = []
        record = {"messageId": "again", "body": SOUND, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:x:y:z"}
        for _ in range(2):
            assert _invoked(stack, [record]) == []
            twice.append(_answers(stack, 1))
        put = _put(stack)
        of_stream = _answers(stack, len(put))
        records = [_record(number, body) for number, body in enumerate(REPLAYED)]
        first = _invoked(stack, records)
        before = _answers(stack, 3)
        second = _invoked(stack, records[1:])
        after = _answers(stack, 2)
        return cls(twice, put, of_stream, [first, second], before, after, *_by_sender(stack, sender))


def _invoked(stack: Stack, records: list[dict[str, Any]]) -> list[str]:
    """The messages that are to come again of a batch that the function is invoked with as Lambda would."""
    answer = stack.stand_in.client("lambda").invoke(
        FunctionName=stack.outputs["StreamFunctionName"], Payload=json.dumps({"Records": records})
    )
    told = json.loads(answer["Payload"].read())
    assert set(told) == {"batchItemFailures"}, told
    return [each["itemIdentifier"] for each in told["batchItemFailures"]]


def _answers(stack: Stack, messages: int, seconds: float = 60) -> dict[str, str]:
    """The next answers: so many of them, or all within `seconds`."""
    found: dict[str, str] = {}
    deadline = time.monotonic() + seconds
    while len(found) < messages and time.monotonic() < deadline:
        found |= {json.loads(body)["message_id"]: body for _, body in take(stack, "AnswerQueueUrl")}
    return found


def _put(stack: Stack) -> list[str]:
    kinesis = stack.stand_in.client("kinesis")
    records = [{"Data": body.encode(), "PartitionKey": "one"} for body in OF_STREAM]
    put = kinesis.put_records(StreamName=STREAM, Records=records)["Records"]
    return [f"{each['ShardId']}:{each['SequenceNumber']}" for each in put]


def _record(number: int, body: str) -> dict[str, Any]:
    data = {"sequenceNumber": str(number), "data": base64.b64encode(body.encode()).decode(), "partitionKey": "one"}
    source = {"eventSource": "aws:kinesis", "eventSourceARN": "arn:aws:kinesis:x:y:stream/z"}
    return {"kinesis": data, "eventID": f"shardId-000000000000:{number}", **source}


def _by_sender(stack: Stack, sender: Credentials) -> tuple[str, set[str], list[str]]:
    sqs = stack.stand_in.client("sqs", sender)
    sent: str = sqs.send_message(QueueUrl=stack.outputs["RequestQueueUrl"], MessageBody=SOUND)["MessageId"]
    found: set[str] = set()
    deadline = time.monotonic() + 60
    while sent not in found and time.monotonic() < deadline:
        got = sqs.receive_message(QueueUrl=stack.outputs["AnswerQueueUrl"], WaitTimeSeconds=1).get("Messages", [])
        found |= {json.loads(each["Body"])["message_id"] for each in got}
    acts: dict[str, Callable[[], object]] = {
        "take requests": lambda: sqs.receive_message(QueueUrl=stack.outputs["RequestQueueUrl"]),
        "take dead letters": lambda: sqs.receive_message(QueueUrl=stack.outputs["DeadLetterQueueUrl"]),
        "send answers": lambda: sqs.send_message(QueueUrl=stack.outputs["AnswerQueueUrl"], MessageBody="{}"),
    }
    refused = []
    for act, do in acts.items():
        try:
            do()
        except ClientError as error:
            refused.append(f"{act}: {error.response['Error']['Code']}")
    return sent, found, refused
