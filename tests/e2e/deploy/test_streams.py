"""Messages of a queue and records of a stream, in a stack: each is answered as POST /predict answers, or given up.

Of Kinesis the stand-in honours no partial failures and no retries; `streams.tried` says what is tried in their place.
"""

import json

from tests.e2e.deploy.streams.stage import MESSAGES, Messages


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


def test_a_message_that_is_delivered_again_is_answered_alike_to_the_last_byte(messages: Messages) -> None:
    first, second = messages.tried.twice
    assert first == second
    assert set(first) == {"again"}


def test_records_of_a_stream_are_answered(messages: Messages) -> None:
    tried = messages.tried
    assert [json.loads(tried.of_stream[name])["status"] for name in tried.put] == [200, 400, 200]


def test_a_failed_record_is_named_and_a_replay_from_it_answers_the_others_alike(messages: Messages) -> None:
    tried = messages.tried
    assert tried.failed == [["1"], ["1"]]
    assert {name.rpartition(":")[2] for name in tried.before} == {"0", "2", "3"}
    assert tried.after == {name: body for name, body in tried.before.items() if not name.endswith(":0")}


def test_who_may_send_messages_may_take_answers_and_see_no_one_else_s_messages(messages: Messages) -> None:
    tried = messages.tried
    assert tried.sent in tried.taken
    assert [each.partition(":")[0] for each in tried.refused] == ["take requests", "take dead letters", "send answers"]
    assert all("AccessDenied" in each for each in tried.refused), tried.refused
