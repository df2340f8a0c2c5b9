"""Sends messages to a stack's queue, waits for all of them, and says what became of each.

The stand-in hides a failed message for as long as the queue says, as AWS does. Ten times seven minutes is longer than a
test may take, so for a soak the queue hides messages for seconds, and gives them up after five tries. What is counted
is what a reader of the queues finds.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ops.stack import Stack
from tests.e2e.deploy.streams.messages import Planned, without_id

HIDDEN_SECONDS, TRIES = 8, 5
"""In place of the template's seven minutes and ten tries."""

SENDERS, READERS, AT_ONCE = 2, 2, 10
READ_FOR_GOOD = 43_200
"""Hides what was read for longer than any test: cheaper than to delete it."""


@dataclass(frozen=True)
class Soaked:
    """What was sent, in order with the ids it got, and all that came back of it: answers, and what was given up.

    `seconds` are from the first message sent to the last one that had its end.
    """

    planned: Sequence[Planned]
    ids: Sequence[str]
    answers: Sequence[dict[str, Any]]
    given_up: Sequence[str]
    seconds: float

    @cached_property
    def by_id(self) -> dict[str, list[dict[str, Any]]]:
        """The answers of each message."""
        found: dict[str, list[dict[str, Any]]] = {}
        for answer in self.answers:
            found.setdefault(answer["message_id"], []).append(answer)
        return found

    @property
    def lost(self) -> list[str]:
        """Messages that have neither an answer nor a place among the dead letters."""
        return [each for each in self.ids if each not in self.by_id and each not in set(self.given_up)]

    @property
    def differing_duplicates(self) -> list[str]:
        """Messages that were answered more than once, and not alike."""
        return [name for name, found in self.by_id.items() if any(each != found[0] for each in found)]

    def kinds_given_up(self) -> Counter[str]:
        kinds = dict(zip(self.ids, (each.kind for each in self.planned), strict=True))
        return Counter(kinds[each] for each in set(self.given_up))

    def differing(self, expected: Sequence[tuple[int, Any] | None]) -> list[tuple[str, Any, Any]]:
        """The messages whose answer is not the API's: the body, the answer, and what the API said."""
        found = []
        for planned, name, wanted in zip(self.planned, self.ids, expected, strict=True):
            for answer in self.by_id.get(name, [])[:1]:
                given = (answer["status"], without_id(answer["body"]))
                if given != wanted:
                    found.append((planned.body, given, wanted))
        return found


@contextmanager
def impatient(stack: Stack, tries: int = TRIES) -> Iterator[None]:
    """The queue hides messages for seconds and gives them up early, and is as before when the context ends."""
    sqs, url = stack.stand_in.client("sqs"), stack.outputs["RequestQueueUrl"]
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    redrive = json.dumps(json.loads(before["RedrivePolicy"]) | {"maxReceiveCount": tries})
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": str(HIDDEN_SECONDS), "RedrivePolicy": redrive}
    )
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)


def soak(stack: Stack, planned: Sequence[Planned], seconds: float) -> Soaked:
    """Send all of `planned`, and read until each has its end or `seconds` are over."""
    began = time.monotonic()
    with impatient(stack), ThreadPoolExecutor(SENDERS) as pool:
        parts = [planned[start : start + AT_ONCE] for start in range(0, len(planned), AT_ONCE)]
        sending = [pool.submit(_sent, stack, part) for part in parts]
        answers: list[dict[str, Any]] = []
        given_up: list[str] = []
        ended: set[str] = set()
        while not _all_ended(sending, ended) and time.monotonic() - began < seconds:
            bodies = [body for _, body in take(stack, "AnswerQueueUrl")]
            answers += map(json.loads, bodies)
            dead = [name for name, _ in take(stack, "DeadLetterQueueUrl")]
            given_up += dead
            ended |= {each["message_id"] for each in answers[len(answers) - len(bodies) :]} | set(dead)
        took = time.monotonic() - began
        ids = [name for part in sending for name in part.result()]
    # A message of before, as of the warming up, may be answered a second time meanwhile.
    sent = set(ids)
    own = [each for each in answers if each["message_id"] in sent]
    return Soaked(planned, ids, own, [each for each in given_up if each in sent], took)


def _all_ended(sending: Sequence[Future[list[str]]], ended: set[str]) -> bool:
    return all(part.done() for part in sending) and all(set(part.result()) <= ended for part in sending)


def warm_up(stack: Stack, planned: Sequence[Planned], version: str, seconds: float) -> bool:
    """Send messages until all of them are answered by `version`; False where that took longer than `seconds`.

    An environment that served another version answers a message by that before it follows the alias, as it does a
    request.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        wanted = set(send(stack, planned))
        answers: list[dict[str, Any]] = []
        while wanted - {each["message_id"] for each in answers} and time.monotonic() < deadline:
            answers += [json.loads(body) for _, body in take(stack, "AnswerQueueUrl")]
        if {each["model_version"] for each in answers} == {version}:
            return not wanted - {each["message_id"] for each in answers}
    return False


def send(stack: Stack, planned: Sequence[Planned]) -> list[str]:
    """Send messages one batch after the other; gives their ids."""
    return [name for start in range(0, len(planned), AT_ONCE) for name in _sent(stack, planned[start:][:AT_ONCE])]


def _sent(stack: Stack, part: Sequence[Planned]) -> list[str]:
    entries = [{"Id": str(place), "MessageBody": each.body} for place, each in enumerate(part)]
    answer = _sqs(stack).send_message_batch(QueueUrl=stack.outputs["RequestQueueUrl"], Entries=entries)
    assert not answer.get("Failed"), answer
    return [each["MessageId"] for each in sorted(answer["Successful"], key=lambda each: int(each["Id"]))]


def take(stack: Stack, queue: str) -> list[tuple[str, str]]:
    """The id and the body of each message that is there now, a few requests at once."""

    def read(_: int) -> list[tuple[str, str]]:
        asked = {"QueueUrl": stack.outputs[queue], "MaxNumberOfMessages": AT_ONCE, "WaitTimeSeconds": 0}
        got = _sqs(stack).receive_message(**asked, VisibilityTimeout=READ_FOR_GOOD).get("Messages", [])
        return [(each["MessageId"], each["Body"]) for each in got]

    requests = 8 if queue == "AnswerQueueUrl" else 1
    with ThreadPoolExecutor(READERS) as pool:
        return [each for found in pool.map(read, range(requests)) for each in found]


_CLIENTS: dict[str, Any] = {}


def _sqs(stack: Stack) -> Any:
    """One client, which threads may share."""
    endpoint = stack.stand_in.endpoint
    if endpoint not in _CLIENTS:
        _CLIENTS[endpoint] = stack.stand_in.client("sqs")
    return _CLIENTS[endpoint]
