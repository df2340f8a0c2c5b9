"""Answers are sent as many together as AWS takes, in order, and each of them once."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.streaming.places import (
    EVENT_BYTES,
    MESSAGE_BYTES,
    MOST_ENTRIES,
    Answer,
    AnswerBus,
    AnswerQueue,
    Place,
    batches,
)
from tests.unit.handler.streaming.cloud import QUEUE_ARN

PLACES = [AnswerQueue(None, "", most_bytes=500), AnswerBus(None, "", most_bytes=500)]


@pytest.mark.parametrize("place", PLACES, ids=["queue", "bus"])
@settings(max_examples=30)
@given(st.lists(st.integers(0, 400), max_size=40))
def test_no_request_has_more_entries_or_bytes_than_aws_takes_and_each_answer_is_sent_once(
    place: Place, lengths: list[int]
) -> None:
    answers = [Answer(f"message-{number}", QUEUE_ARN, "x" * length) for number, length in enumerate(lengths)]
    requests = list(batches(answers, place))
    assert [answer for request in requests for answer in request] == answers
    for request in requests:
        assert 1 <= len(request) <= MOST_ENTRIES
        assert sum(map(place.size, request)) <= place.most_bytes
    for one, following in pairwise(requests):
        assert len(one) == MOST_ENTRIES or sum(map(place.size, [*one, following[0]])) > place.most_bytes


def test_an_event_counts_all_that_eventbridge_counts() -> None:
    answer = Answer("message", QUEUE_ARN, "ä")
    assert AnswerQueue(None, "").size(answer) == 2
    assert AnswerBus(None, "").size(answer) == len("sklearn-on-lambda" + "Prediction" + QUEUE_ARN) + 2


def test_a_place_takes_what_aws_takes() -> None:
    assert (AnswerQueue(None, "").most_bytes, AnswerBus(None, "").most_bytes) == (MESSAGE_BYTES, EVENT_BYTES)
