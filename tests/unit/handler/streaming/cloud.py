"""Batches as Lambda hands them over, and a stand-in for AWS in which answers can be read."""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.api.application import Application
from handler.streaming.places import AnswerBus, AnswerQueue, Place
from handler.streaming.run import Streams
from tests.conftest import Context
from tests.unit.handler.monitoring.monitor.cloud import hooked

QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:requests"
STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/requests"
BUS = "answers"
SHARD = "shardId-000000000000"


@dataclass(frozen=True)
class Invocation(Context):
    """Lambda's context, as far as a batch reads it; `seconds` gives what is left of the time."""

    seconds: Callable[[], float] = lambda: 60.0

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * self.seconds())


def context(seconds: Callable[[], float] = lambda: 60.0) -> LambdaContext:
    return cast(LambdaContext, Invocation(seconds=seconds))


def queue_event(bodies: Sequence[str], first: int = 0) -> dict[str, Any]:
    """A batch of SQS, whose messages are called `message-0` and so on."""
    records = [
        {
            "messageId": f"message-{first + place}",
            "receiptHandle": "handle",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "md5OfBody": "",
            "eventSource": "aws:sqs",
            "eventSourceARN": QUEUE_ARN,
            "awsRegion": "us-east-1",
        }
        for place, body in enumerate(bodies)
    ]
    return {"Records": records}


def stream_event(bodies: Sequence[bytes], first: int = 0) -> dict[str, Any]:
    """A batch of Kinesis from one shard, whose sequence numbers count from `first`."""
    records = [
        {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": "one",
                "sequenceNumber": str(first + place),
                "data": base64.b64encode(body).decode(),
                "approximateArrivalTimestamp": 1.0,
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{SHARD}:{first + place}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": "arn:aws:iam::123456789012:role/stream",
            "awsRegion": "us-east-1",
            "eventSourceARN": STREAM_ARN,
        }
        for place, body in enumerate(bodies)
    ]
    return {"Records": records}


def failures(answered: Any) -> list[str]:
    """The messages that are to come again."""
    return [failure["itemIdentifier"] for failure in answered["batchItemFailures"]]


@cache
def client(service: str) -> Any:
    """boto3's, made once, which takes longer than a test. moto answers whatever was made after its import."""
    return boto3.Session("test", "test", region_name="us-east-1").client(service)  # type: ignore[call-overload] # any


class Queue:
    """A queue for answers in moto's SQS."""

    def __init__(self) -> None:
        self.url: str = client("sqs").create_queue(QueueName="answers")["QueueUrl"]

    @property
    def place(self) -> AnswerQueue:
        return AnswerQueue(client("sqs"), self.url)

    def take(self) -> list[str]:
        """The bodies of all messages, which are gone then."""
        bodies: list[str] = []
        while got := client("sqs").receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages"):
            entries = [{"Id": str(place), "ReceiptHandle": each["ReceiptHandle"]} for place, each in enumerate(got)]
            client("sqs").delete_message_batch(QueueUrl=self.url, Entries=entries)
            bodies += [each["Body"] for each in got]
            if len(got) < 10:
                break
        return bodies

    def answers(self) -> dict[str, Any]:
        """The answers by their message's id, of which each came once."""
        read = [json.loads(body) for body in self.take()]
        by_id = {answer["message_id"]: answer for answer in read}
        assert len(by_id) == len(read)
        return by_id


class Bus:
    """A bus for answers in moto's EventBridge, and the entries that it was sent: moto's own rules lead nowhere."""

    def __init__(self) -> None:
        client("events").create_event_bus(Name=BUS)
        self.entries: list[dict[str, Any]] = []

    @property
    def place(self) -> AnswerBus:
        return AnswerBus(client("events"), BUS)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep what is sent until the context ends."""

        def keep(params: dict[str, Any], **_: Any) -> None:
            self.entries += params["Entries"]

        with hooked(client("events"), "provide-client-params.events.PutEvents", keep):
            yield


def streams(application: Application, place: Place) -> Streams:
    return Streams(application, place)
