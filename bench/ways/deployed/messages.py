"""Ways that go by messages: the body of each is that of a request, and its answer comes by a queue."""

import json
import time
from collections.abc import Mapping
from typing import Any

from bench.ways.asked.cloud import Cloud
from bench.ways.asked.question import Question
from bench.ways.asked.way import Counted, Ground, of_requests

SECONDS = 120
PROBES = 40
ENTRIES = 10
"""Messages that are received together at most (Amazon SQS API Reference, "ReceiveMessage")."""


def by_queue(question: Question, ground: Ground) -> Counted:
    """Each request of the question as a message of SQS."""
    cloud = cloud_of(ground)
    _wait_for_version(cloud, question)
    sqs = cloud.stack.stand_in.client("sqs")
    queue = cloud.stack.outputs["RequestQueueUrl"]
    ids = [sqs.send_message(QueueUrl=queue, MessageBody=asked.body)["MessageId"] for asked in question.requests]
    return of_requests(question, in_order(ids, answers(cloud, ids)))


def by_stream(question: Question, ground: Ground) -> Counted:
    """Each request of the question as a record of Kinesis."""
    cloud = cloud_of(ground)
    _wait_for_version(cloud, question)
    kinesis = cloud.stack.stand_in.client("kinesis")
    ids = []
    for asked in question.requests:
        put = kinesis.put_record(StreamName=cloud.stream, Data=asked.body.encode(), PartitionKey="rows")
        ids.append(f"{put['ShardId']}:{put['SequenceNumber']}")
    return of_requests(question, in_order(ids, answers(cloud, ids)))


def answers(cloud: Cloud, ids: list[str]) -> dict[str, list[Mapping[str, Any]]]:
    """The answers by the id of their message, until each of `ids` has one or SECONDS are over; taken off the queue."""
    sqs, queue = cloud.stack.stand_in.client("sqs"), cloud.stack.outputs["AnswerQueueUrl"]
    found: dict[str, list[Mapping[str, Any]]] = {}
    deadline = time.monotonic() + SECONDS
    while set(ids) - found.keys() and time.monotonic() < deadline:
        received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=ENTRIES, WaitTimeSeconds=1)
        for message in received.get("Messages", ()):
            answer = json.loads(message["Body"])
            found.setdefault(answer["message_id"], []).append(answer)
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return found


def in_order(ids: list[str], found: Mapping[str, list[Mapping[str, Any]]]) -> list[tuple[int, Any] | None]:
    """The status and the body for each of `ids`; None where there is none, or where two say different things."""
    said: list[tuple[int, Any] | None] = []
    for message_id in ids:
        different = {json.dumps(answer, sort_keys=True): answer for answer in found.get(message_id, ())}
        answer = next(iter(different.values())) if len(different) == 1 else None
        said.append((answer["status"], answer["body"]) if answer else None)
    return said


def _wait_for_version(cloud: Cloud, question: Question) -> None:
    """Send messages, many at once, until all answers come from the version that is asked for.

    Each environment of the function notices a promotion by itself, when it is asked.
    """
    asked = question.requests[-1]
    sqs, queue = cloud.stack.stand_in.client("sqs"), cloud.stack.outputs["RequestQueueUrl"]
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        ids = [sqs.send_message(QueueUrl=queue, MessageBody=asked.body)["MessageId"] for _ in range(PROBES)]
        said = in_order(ids, answers(cloud, ids))
        if all(each and each[1].get("model") == asked.answer["model"] for each in said):
            return
    raise TimeoutError("The function for messages does not answer by the version that serves.")


def cloud_of(ground: Ground) -> Cloud:
    """The stack of `ground`; raises RuntimeError where there is none."""
    if ground.cloud is None:
        raise RuntimeError("This way needs a deployed stack.")
    return ground.cloud
