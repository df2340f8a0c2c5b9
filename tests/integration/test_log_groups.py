"""A log group is read to its end, page by page, and each way in which that can fail says what to do."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from handler.monitoring.reading.failures import LogAccessDenied, LogGroupMissing, LogUnreachable, LogUnreadable
from handler.monitoring.reading.log_group import LogLine, read_log_group
from tests.integration.log_groups import Scripted, answering_in_turn, error, page, put_lines
from tests.integration.sockets import refused
from training.observed import log
from training.observed.log import logs_client, read_lines

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = timedelta(days=1)
GROUP = "/aws/lambda/churn-predict"


def read(**options: Any) -> list[LogLine]:
    return list(read_log_group(logs_client(), GROUP, NOW - DAY, NOW, **options))


def read_here() -> list[LogLine]:
    """As the commands read."""
    return list(read_lines(logs_client(), GROUP, NOW - DAY, NOW, lambda *_: None))


@pytest.fixture
def stand_in(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """CloudWatch Logs on a socket, without a log group of this name."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_url)
    yield
    logs: Any = boto3.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        logs.delete_log_group(logGroupName=group["logGroupName"])


@pytest.mark.usefixtures("stand_in")
def test_lines_of_the_period_come_with_their_moments_whichever_stream_wrote_them() -> None:
    moments = [NOW - DAY - timedelta(seconds=1), NOW - DAY, NOW - timedelta(milliseconds=1), NOW]
    put_lines(GROUP, [(moment, f"a {at}") for at, moment in enumerate(moments)], "a")
    put_lines(GROUP, [(NOW - timedelta(hours=1), "b")], "b")
    assert sorted((line.timestamp, line.message) for line in read()) == [
        (NOW - DAY, "a 1"),
        (NOW - timedelta(hours=1), "b"),
        (NOW - timedelta(milliseconds=1), "a 2"),
    ]


@pytest.mark.usefixtures("stand_in")
def test_more_lines_than_a_page_has_are_all_read_and_each_page_is_told() -> None:
    lines = [(NOW - timedelta(seconds=20_000 - at), str(at)) for at in range(10_500)]
    put_lines(GROUP, lines)
    told: list[tuple[int, int]] = []
    found = read(progress=lambda pages, lines: told.append((pages, lines)))
    assert {line.message for line in found} == {text for _, text in lines}
    assert len(told) > 1
    assert told[-1] == (len(told), len(found))


@pytest.mark.usefixtures("stand_in")
def test_a_log_group_that_is_not_there_is_named() -> None:
    with pytest.raises(LogGroupMissing, match=r"'/aws/lambda/churn-predict' in this account and region"):
        read()


def asked_of(answers: Iterable[Scripted], monkeypatch: pytest.MonkeyPatch, **options: Any) -> Any:
    with answering_in_turn(answers) as (url, asked):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        return [line.message for line in read(**options)], asked


def test_an_empty_page_is_not_the_last_one_and_an_event_may_come_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [page(token="1"), page((2, "b"), (1, "a"), token="2"), page(token="3"), page((2, "b"))]
    found, asked = asked_of(pages, monkeypatch)
    assert found == ["b", "a", "b"]
    assert [each.get("nextToken") for each in asked] == [None, "1", "2", "3"]


def test_the_filter_is_for_windows_and_for_one_version_where_one_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    _, (of_all,) = asked_of([page()], monkeypatch)
    _, (of_one,) = asked_of([page()], monkeypatch, version="20261130T071500Z-c948d40a")
    assert of_all["filterPattern"] == '{ $.message = "window" }'
    assert of_one["filterPattern"] == '{ $.message = "window" && $.version = "20261130T071500Z-c948d40a" }'


def test_a_token_that_leads_nowhere_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = asked_of([page((1, "a"), token="same"), page(token="same")], monkeypatch)
    assert (found, len(asked)) == (["a"], 2)


def test_throttling_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    found, asked = asked_of([error("ThrottlingException"), page((1, "a"))], monkeypatch)
    assert (found, len(asked)) == (["a"], 2)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (error("AccessDeniedException"), LogAccessDenied, "the policy of the stack's output ObservePolicyArn"),
        (error("ThrottlingException"), LogUnreachable, "ask for fewer hours"),
        (error("ServiceUnavailableException", 503), LogUnreachable, "answered ServiceUnavailableException"),
        (error("ExpiredTokenException"), LogAccessDenied, "have expired: sign in again"),
        (error("UnrecognizedClientException"), LogAccessDenied, "AWS does not know these credentials"),
        (error("InvalidParameterException"), LogUnreachable, "answered InvalidParameterException"),
    ],
)
def test_each_refusal_is_an_error_of_ours_that_names_the_log_group_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, answer: Scripted, kind: type[LogUnreadable], said: str
) -> None:
    monkeypatch.setattr(log, "ATTEMPTS", 2)
    with answering_in_turn([answer]) as (url, _):
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(kind) as refusal:
            read_here()
    assert GROUP in str(refusal.value)
    assert said in str(refusal.value)
    assert "because" not in str(refusal.value)


def test_a_place_where_nobody_answers_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "ATTEMPTS", 1)
    with refused() as url:
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        with pytest.raises(LogUnreachable, match=f"Nothing answers at {url}: check the network"):
            read_here()


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AWS_ENDPOINT_URL", "localhost:4566", "AWS_ENDPOINT_URL is no URL"),
        ("AWS_PROFILE", "absent", "AWS_PROFILE names a profile that is not configured"),
        ("AWS_DEFAULT_REGION", None, "No AWS region is set"),
    ],
)
def test_a_client_that_cannot_be_made_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str | None, said: str
) -> None:
    monkeypatch.delenv(variable, raising=False)
    if value is not None:
        monkeypatch.setenv(variable, value)
    with pytest.raises(LogUnreachable, match=said):
        logs_client()
