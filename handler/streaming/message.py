"""One message of a batch: what it is called, and the HTTP request that its body stands for.

A message's body is the body of POST /predict. It is read through Powertools' own classes of records, whose batch
processor has them at hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.batch import EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from handler.errors.base import SklearnOnLambdaError

PREDICT = "/predict"

SOURCES: Mapping[str, EventType] = {"aws:sqs": EventType.SQS, "aws:kinesis": EventType.KinesisDataStreams}
"""The kinds of batches that are answered, by the `eventSource` of their records."""


class UnsupportedBatch(SklearnOnLambdaError):
    """The function was invoked with something that is no batch of SQS or of Kinesis."""


@dataclass(frozen=True, slots=True)
class Message:
    """`id` is what the sender knows it by: SQS's message id, or Kinesis' `shardId:sequenceNumber`.

    `source` is the ARN of the queue or the stream, `event` the HTTP event whose answer is the message's.
    """

    id: str
    source: str
    event: dict[str, Any]


def records_of(event: Any) -> tuple[EventType, list[dict[str, Any]]]:
    """The kind of a batch, and its records; raises UnsupportedBatch."""
    records = event.get("Records") if isinstance(event, Mapping) else None
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise UnsupportedBatch(
            "This function answers batches of messages, which Lambda reads from SQS or Kinesis: the event has no list "
            "of records. Ask for one prediction by POST /predict."
        )
    named = {str(record.get("eventSource")) for record in records}
    if len(named) != 1 or not named <= set(SOURCES):
        raise UnsupportedBatch(
            f"This function answers batches of {' or '.join(SOURCES)}; the event's records come from "
            f"{', '.join(sorted(named))[:300] or 'nowhere: there are none'}. Take its event source mapping away."
        )
    return SOURCES[named.pop()], records


def message_of(record: SQSRecord | KinesisStreamRecord) -> Message:
    """The message in `record`; raises KeyError where the record lacks what its kind has.

    A record of Kinesis is bytes, and handed on as such: text that is no UTF-8 is refused as it is over HTTP.
    """
    if isinstance(record, SQSRecord):
        return Message(record.message_id, record.event_source_arn, _request(record.body, is_base64=False))
    event = _request(record.kinesis.data, is_base64=True)
    return Message(record["eventID"], record["eventSourceARN"], event)


def _request(body: str, *, is_base64: bool) -> dict[str, Any]:
    """The event of a function URL (AWS Lambda Developer Guide, "Invoking Lambda function URLs", payload format)."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": PREDICT,
        "headers": {"content-type": "application/json"},
        "requestContext": {"stage": "$default", "http": {"method": "POST", "path": PREDICT}},
        "body": body,
        "isBase64Encoded": is_base64,
    }
