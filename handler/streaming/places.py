"""Where answers go: a queue of SQS, or a bus of EventBridge. Each sends as many at once as AWS takes.

What could not be sent is said and not raised: the messages that these answers belong to come again. Sent twice, an
answer has the same message's id, so whoever reads answers can tell.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from handler.api.http.event import utf_8_bytes

MOST_ENTRIES = 10
"""In one request (Amazon SQS API Reference, "SendMessageBatch"; Amazon EventBridge API Reference, "PutEvents")."""

MESSAGE_BYTES = 1024 * 1024
"""Of one message, and of all of a request together (Amazon SQS Developer Guide, "Amazon SQS message quotas", "Amazon
SQS batch actions")."""

EVENT_BYTES = 256 * 1024
"""Of the entries of a request together, source, type and resources counted too (Amazon EventBridge User Guide,
"Calculating PutEvents event entry size")."""

SOURCE, DETAIL_TYPE = "sklearn-on-lambda", "Prediction"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to the message `message_id` that came from `source`, as the JSON that is sent."""

    message_id: str
    source: str
    text: str


class Place(Protocol):
    """Somewhere to send answers to."""

    @property
    def most_bytes(self) -> int:
        """That one request may have, and so one answer."""

    def size(self, answer: Answer) -> int:
        """The bytes of `answer` that count."""

    def send(self, answers: Sequence[Answer]) -> dict[str, str]:
        """Send answers that `batches` has put together; gives the code of the failure by the id of each message
        whose answer was not taken."""


@dataclass(frozen=True)
class AnswerQueue:
    """A queue, by its URL and boto3's client of SQS."""

    client: Any
    url: str
    most_bytes: int = MESSAGE_BYTES

    def size(self, answer: Answer) -> int:
        return utf_8_bytes(answer.text)

    def send(self, answers: Sequence[Answer]) -> dict[str, str]:
        entries = [{"Id": str(place), "MessageBody": answer.text} for place, answer in enumerate(answers)]
        sent, code = _asked(lambda: self.client.send_message_batch(QueueUrl=self.url, Entries=entries))
        if sent is None:
            return dict.fromkeys((answer.message_id for answer in answers), code)
        failed = sent.get("Failed", ())
        return {answers[int(each["Id"])].message_id: str(each.get("Code", "no reason")) for each in failed}


@dataclass(frozen=True)
class AnswerBus:
    """A bus, by its name and boto3's client of EventBridge. An event's resource is the queue or stream it came from."""

    client: Any
    name: str
    most_bytes: int = EVENT_BYTES

    def size(self, answer: Answer) -> int:
        return len(SOURCE) + len(DETAIL_TYPE) + utf_8_bytes(answer.text) + utf_8_bytes(answer.source)

    def send(self, answers: Sequence[Answer]) -> dict[str, str]:
        of_all = {"EventBusName": self.name, "Source": SOURCE, "DetailType": DETAIL_TYPE}
        entries = [{**of_all, "Detail": answer.text, "Resources": [answer.source]} for answer in answers]
        sent, code = _asked(lambda: self.client.put_events(Entries=entries))
        if sent is None:
            return dict.fromkeys((answer.message_id for answer in answers), code)
        pairs = zip(answers, sent["Entries"], strict=True)
        return {answer.message_id: entry["ErrorCode"] for answer, entry in pairs if entry.get("ErrorCode")}


def batches(answers: Sequence[Answer], place: Place) -> Iterator[list[Answer]]:
    """`answers` in order, as many together as `place` takes in one request; each of them fits into one alone."""
    batch: list[Answer] = []
    held = 0
    for answer in answers:
        size = place.size(answer)
        if batch and (len(batch) == MOST_ENTRIES or held + size > place.most_bytes):
            yield batch
            batch, held = [], 0
        batch.append(answer)
        held += size
    if batch:
        yield batch


def _asked(ask: Callable[[], Mapping[str, Any]]) -> tuple[Mapping[str, Any] | None, str]:
    """What AWS answered, or None and why there is no answer."""
    # Whoever has a client has botocore, which the package does not bring.
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return ask(), ""
    except ClientError as error:
        return None, str(error.response.get("Error", {}).get("Code", "no reason"))
    except BotoCoreError:
        return None, "no answer"
