"""The entry of batches: what it answers, which failures it raises for another try, and what it never tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from moto import mock_aws

from handler.batch import BatchFailed, environment, lambda_handler
from handler.scoring.failures import PassingFailure
from tests.conftest import Context
from tests.unit.handler.models import Version
from tests.unit.handler.monitoring.monitor.cloud import hooked
from tests.unit.handler.scoring.chunks import URI, Bucket, item_of

SECRET = "a text that nobody should read"


@dataclass(frozen=True)
class Invocation(Context):
    """Lambda's context, with the time that is left."""

    seconds: float = 900.0

    def get_remaining_time_in_millis(self) -> int:
        return int(1000 * self.seconds)


def invoke(event: Any, context: Context = Invocation()) -> Any:
    return lambda_handler(event, context)  # type: ignore[arg-type] # as much of a context as is read


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    monkeypatch.setenv("MODEL_URI", URI)
    environment.cache_clear()
    with mock_aws():
        yield Bucket()
    environment.cache_clear()


def told(caplog: pytest.LogCaptureFixture, message: str) -> Any:
    (line,) = [record for record in caplog.records if record.message == message]
    return line


def test_a_chunk_that_is_broken_is_an_answer_with_the_reason_and_no_error(
    bucket: Bucket, iris_version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    item = item_of(iris_version)
    answer = invoke(bucket.put(item, b"another"))
    assert (answer["state"], answer["chunk"], set(answer)) == ("broken", item.chunk, {"state", "chunk", "reason"})
    assert "has SHA-256" in answer["reason"]
    assert told(caplog, "chunk broken").reason == answer["reason"]


@pytest.mark.usefixtures("bucket")
def test_an_event_that_names_no_chunk_is_a_failure(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(BatchFailed, match="The event names no chunk") as failed:
        invoke({"chunk": SECRET})
    assert failed.value.__suppress_context__
    assert told(caplog, "chunk failed").error == "InvalidItem"
    assert SECRET not in caplog.text


def test_a_setting_that_is_missing_is_a_failure_at_each_event(
    bucket: Bucket, iris_version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = bucket.put(item_of(iris_version))
    for uri, reason in (("", "MODEL_URI is not set"), ("/tmp/iris", "MODEL_URI must name a bucket")):  # noqa: S108 - none is made
        monkeypatch.setenv("MODEL_URI", uri)
        with pytest.raises(BatchFailed, match=reason):
            invoke(event)


def test_what_may_pass_is_raised_as_that(
    bucket: Bucket, iris_version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    def unreachable(**_: Any) -> None:
        raise ConnectTimeoutError(endpoint_url=SECRET)

    event = bucket.put(item_of(iris_version))
    client = environment().files._client
    with hooked(client, "before-call.s3.GetObject", unreachable), pytest.raises(PassingFailure) as failed:
        invoke(event)
    assert failed.value.__suppress_context__
    assert SECRET not in f"{failed.value} {told(caplog, 'chunk put off').reason}"


def test_a_bug_is_told_by_its_name_and_where_it_is_and_not_by_its_text(
    bucket: Bucket, iris_version: Version, caplog: pytest.LogCaptureFixture
) -> None:
    def raise_it(**_: Any) -> None:
        raise KeyError(SECRET)

    event = bucket.put(item_of(iris_version))
    client = environment().files._client
    with hooked(client, "before-call.s3.GetObject", raise_it), pytest.raises(BatchFailed, match="KeyError") as failed:
        invoke(event)
    line = told(caplog, "chunk failed")
    assert (line.error, "score_chunk" in line.trace) == ("KeyError", True)
    assert SECRET not in f"{failed.value} {line.trace} {line.getMessage()}"
