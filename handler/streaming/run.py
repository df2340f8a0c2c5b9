"""One batch of messages: each is answered, the answers are sent, and those that are to come again are named.

A refused body has an answer like any other, and is done with. Only two things are worth another try: no model could be
served, or the answer could not be sent. A bug is tried again too, because nobody can know what it was: the queue gives
such a message up in the end. A batch of which all fail is no error of the function: an error would have Lambda read the
queue more slowly, and count against the function what its registry did.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.kinesis_stream_event import KinesisStreamRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from handler.api.application import Application
from handler.errors.base import SklearnOnLambdaError
from handler.errors.stream import AnswerTooLarge
from handler.streaming.message import Message, message_of, records_of
from handler.streaming.places import Answer, Place, batches

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.typing import LambdaContext

RESERVE_SECONDS = 8.0
"""What is left of the function's time for sending. Messages that were not answered by then come again; after a time-out
all of the batch would."""

OUT_OF_TIME = "out of time"

Record = SQSRecord | KinesisStreamRecord
READ: Mapping[EventType, Callable[[dict[str, Any]], Record]] = {
    EventType.SQS: SQSRecord,
    EventType.KinesisDataStreams: KinesisStreamRecord,
}


class ComesAgain(SklearnOnLambdaError):
    """A message has no answer yet, or nobody has its answer, and it is to be read again."""


@dataclass(frozen=True)
class Streams:
    """The application of one execution environment, and the place that its answers go to."""

    application: Application
    place: Place

    def handle(self, event: Any, context: "LambdaContext") -> "PartialItemFailureResponse":
        """What Lambda returns for a batch, which names the messages that are to come again.

        Raises UnsupportedBatch, and KeyError on a record that lacks what its kind has.
        """
        kind, records = records_of(event)
        messages = [message_of(READ[kind](record)) for record in records]
        failed = self._answer(messages, lambda: context.get_remaining_time_in_millis() / 1000)

        def settle(record: Record) -> None:
            if reason := failed.get(message_of(record).id):
                raise ComesAgain(reason)

        processor = BatchProcessor(kind, raise_on_entire_batch_failure=False)
        with processor(records, settle):
            processor.process()
        return processor.response()

    def _answer(self, messages: Iterable[Message], seconds_left: Callable[[], float]) -> dict[str, str]:
        """Answer and send; gives by its id why a message comes again."""
        answers, failed = [], {}
        for message in messages:
            if seconds_left() < RESERVE_SECONDS:
                failed[message.id] = OUT_OF_TIME
                continue
            self._name_in_log(message.id)
            status, answer = self._answer_to(message)
            if status >= 500:
                failed[message.id] = str(status)
            else:
                answers.append(answer)
        self._name_in_log(None)
        for batch in batches(answers, self.place):
            failed |= self.place.send(batch)
        if failed:
            self._tell(failed)
        return failed

    def _answer_to(self, message: Message) -> tuple[int, Answer]:
        """The status of POST /predict's answer to the message's body, and the answer as it is sent."""
        given = self.application.answer(message.event, message.id)
        version = given["headers"]["X-Model-Version"]
        answer = _answer(message, given["statusCode"], given["body"], version)
        size, most = self.place.size(answer), self.place.most_bytes
        if size <= most:
            return given["statusCode"], answer
        error = AnswerTooLarge(f"The answer would take {size} bytes of the {most} that there are. Send fewer rows.")
        refusal = self.application.refuse(error, message.id)
        return refusal.status, _answer(message, refusal.status, refusal.body, version)

    def _name_in_log(self, message_id: str | None) -> None:
        self.application.telemetry.logger.append_keys(message_id=message_id)

    def _tell(self, failed: Mapping[str, str]) -> None:
        reasons = list(failed.values())
        counted = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
        self.application.telemetry.logger.warning("messages come again", messages=len(failed), reasons=counted)


def _answer(message: Message, status: int, body: str, version: str) -> Answer:
    """The answer as JSON, around a body that is JSON already."""
    head = json.dumps({"message_id": message.id, "status": status, "model_version": version}, separators=(",", ":"))
    return Answer(message.id, message.source, f'{head[:-1]},"body":{body}}}')
