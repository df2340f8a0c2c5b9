"""The entry for messages runs from the package of either engine, with boto3 beside it as on Lambda."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.package.conftest import Probe
from tests.package.test_monitor import runtime, s3_url
from tests.unit.handler.streaming.cloud import queue_event

__all__ = ["runtime", "s3_url"]

SOUND = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})
NEVER_IMPORTED = (
    "pydantic",
    "handler.app",
    "handler.monitoring.monitor",
    "handler.scoring",
    "training",
    "ops",
    "tests",
)


@pytest.mark.parametrize("name", ["deployed", "onnx_deployed"])
def test_a_batch_is_answered_from_the_package_by_powertools_as_it_is_shipped(
    name: str, request: pytest.FixtureRequest, probe: Probe, runtime: Path, s3_url: str, registry: Path
) -> None:
    tree: Path = request.getfixturevalue(name)
    sqs = boto3.Session("test", "test", region_name="us-east-1").client("sqs", endpoint_url=s3_url)
    url = sqs.create_queue(QueueName=name.replace("_", "-"))["QueueUrl"]
    account = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    place = {"AWS_ENDPOINT_URL": s3_url, "ANSWER_QUEUE_URL": url, "MODEL_URI": str(registry)}
    event = json.dumps(queue_event([SOUND, "{"])).encode()
    told: Any = probe("stream.py", tree, str(runtime), stdin=event, **account, **place)
    assert told["answer"] == {"batchItemFailures": []}
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    answers = {answer["message_id"]: answer for answer in (json.loads(each["Body"]) for each in got)}
    assert {each: answer["status"] for each, answer in answers.items()} == {"message-0": 200, "message-1": 400}
    assert answers["message-0"]["body"]["prediction"] == "versicolor"
    assert [module for module in told["modules"] if module.startswith(NEVER_IMPORTED)] == []
    assert told["compiled"] == []
    print(f"{name}: imports in s: {told['seconds']}")
