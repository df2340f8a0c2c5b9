"""The stage in which messages are answered: first without the right to read the model, then thousands of them."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from ops import stack
from ops.aws_stand_in import Credentials, StandIn
from ops.commands import training
from ops.stack import Stack
from tests.e2e.deploy.stages import BroughtModel, Switched
from tests.e2e.deploy.streams import brittle_model
from tests.e2e.deploy.streams.messages import answers_of_api, plan
from tests.e2e.deploy.streams.soak import Soaked, impatient, send, soak, take, warm_up
from tests.e2e.deploy.streams.tried import STREAM, Tried

MESSAGES = 2_000
"""`make soak-streams` sends 20,000."""

SOAK_SECONDS = 240.0
DENIED_MESSAGES = 20


@dataclass(frozen=True)
class Messages:
    """What became of messages: of those that came before the function could read its model, and of the soak's."""

    stack: Stack
    version: str
    denied_lines: list[str]
    denied: set[str]
    answered_after: set[str]
    soaked: Soaked
    expected: Sequence[tuple[int, Any] | None]
    tried: Tried


@pytest.fixture(scope="session")
def messages(
    switched: Switched,
    brought: dict[str, BroughtModel],  # noqa: ARG001 - a stage
    publisher: Credentials,
    promoter: Credentials,
    sender: Credentials,
    tmp_path_factory: pytest.TempPathFactory,
) -> Messages:
    """Thousands of messages were answered by a model that some of them break, and a few were tried by hand."""
    deployed, aws = switched.stack, switched.stack.stand_in
    uri = ["--model-uri", deployed.outputs["ModelUri"], "--alias", "production-2"]
    folder = brittle_model.package(tmp_path_factory.mktemp("brittle"))
    forced = ["--force", "--reason", "another model", *uri]
    version = training("publish", str(folder), *forced, env=aws.environment(publisher))["version"]
    training("promote", version, "--reason", "another model", *uri, env=aws.environment(promoter))
    lines, denied, after = _without_a_model(deployed)
    planned = plan(MESSAGES, killers=0)
    assert warm_up(deployed, [each for each in planned if each.kind == "sound"][:50], version, 120)
    soaked = soak(deployed, planned, SOAK_SECONDS)
    stack.wait_for_version(deployed.api, version)
    expected = answers_of_api(deployed.api, planned)
    return Messages(deployed, version, lines, denied, after, soaked, expected, Tried.at(deployed, sender))


def _without_a_model(deployed: Stack) -> tuple[list[str], set[str], set[str]]:
    """The lines of the log about messages that come again, which were sent, and which have an answer by now."""
    iam, began = deployed.stand_in.client("iam"), int(1000 * time.time())
    function = deployed.outputs["StreamFunctionName"]
    described = deployed.stand_in.client("lambda").get_function_configuration(FunctionName=function)
    right = {"RoleName": described["Role"].rsplit("/", 1)[-1], "PolicyArn": deployed.outputs["ReadPolicyArn"]}
    iam.detach_role_policy(**right)
    lines: list[str] = []
    with impatient(deployed, tries=20):
        sent = [each for each in plan(1000, killers=0) if each.kind == "sound"][:DENIED_MESSAGES]
        names = set(send(deployed, sent))
        deadline = time.monotonic() + 90
        while not lines and time.monotonic() < deadline:
            time.sleep(1)
            found = deployed.stand_in.client("logs").filter_log_events(
                logGroupName=deployed.outputs["LogGroupName"], startTime=began
            )
            lines = [each["message"] for each in found["events"] if "messages come again" in each["message"]]
        iam.attach_role_policy(**right)
        answered: set[str] = set()
        while names - answered and time.monotonic() < deadline + 90:
            answered |= {json.loads(body)["message_id"] for _, body in take(deployed, "AnswerQueueUrl")}
    return lines, names, answered


def make_stream(stand_in: StandIn) -> str:
    """Make a Kinesis stream; gives its ARN."""
    kinesis = stand_in.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    arn: str = kinesis.describe_stream(StreamName=STREAM)["StreamDescription"]["StreamARN"]
    return arn
