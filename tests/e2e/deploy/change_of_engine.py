"""The stage in which a deploy gives the stack ONNX Runtime in scikit-learn's place, and what is refused around it."""

import base64
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from ops import stack
from ops.aws_stand_in import Credentials
from ops.commands import CommandFailed, training
from ops.http_client import Answer, HttpApi
from ops.stack import Stack
from tests.e2e.deploy.stages import HeldBack, Released, Switched
from tests.e2e.deploy.streams.stage import Messages
from tests.events_expected import EXPECTED, read_event

ALIAS = "production-2"
NOT_HTTP = {"direct_invocation", "predict_wrong_base64"}
"""No HTTP request reaches the function like these: HTTP marks nothing as base64."""


@dataclass(frozen=True)
class OnOnnx:
    """What the two refused deploys and the refused promotion said, and what the stack answers since it has ONNX.

    `without_twin` is the version that was refused, `events` are the answers to each event of events/ that is one of
    HTTP, and `following` answers by `released`, which was promoted then. `logged` are the lines of the log since the
    deploy, `live_before` and `live_after` the versions of the function around it.
    """

    engine: str | None
    without_twin: str
    deploy_refused: str
    package_refused: str
    promotion_refused: str
    first: Answer
    events: dict[str, Answer]
    following: Answer
    digest: str
    logged: list[str]
    live_before: str
    live_after: str


@pytest.fixture(scope="session")
def on_onnx(
    messages: Messages,
    switched: Switched,
    held_back: HeldBack,
    released: Released,
    project: Path,
    deployer: Credentials,
    promoter: Credentials,
) -> OnOnnx:
    """The engine was changed by a deploy, once a version with a twin was promoted."""
    before, aws = switched.stack, switched.stack.stand_in
    uri = ["--model-uri", before.outputs["ModelUri"], "--alias", ALIAS]
    live_before, without_twin = before.live_version(), messages.version
    engine = ("Engine=onnx",)
    with pytest.raises(CommandFailed) as package_refused:
        stack.check(aws, project, engine, checker=deployer)
    stack.build(project, "onnx")
    with pytest.raises(CommandFailed) as deploy_refused:
        stack.check(aws, project, engine, checker=deployer)
    training("promote", held_back.version, "--reason", "it has a twin", *uri, env=aws.environment(promoter))
    stack.check(aws, project, engine, checker=deployer)
    began = int(time.time() * 1000)
    stack.deploy(aws, project, engine)
    stack.record(aws, project, recorder=deployer)
    after = stack.deployed_stack(aws)
    first = stack.wait_for_version(after.api, held_back.version)
    events = {name: replay(after.api, name) for name in sorted(EXPECTED.keys() - NOT_HTTP)}
    with pytest.raises(CommandFailed) as promotion_refused:
        training("promote", without_twin, "--reason", "no twin", *uri, env=aws.environment(promoter))
    training("promote", released.version, "--reason", "the next", *uri, env=aws.environment(promoter))
    following = stack.wait_for_version(after.api, released.version)
    shown = training("show", released.version, *uri[:2], env=aws.environment(promoter))
    return OnOnnx(
        stack.engine_of(aws),
        without_twin,
        str(deploy_refused.value),
        str(package_refused.value),
        str(promotion_refused.value),
        first,
        events,
        following,
        shown["artifacts"]["onnx"]["sha256"],
        logged_since(after, began),
        live_before,
        after.live_version(),
    )


def logged_since(deployed: Stack, moment: int) -> list[str]:
    """The lines of the function's log since `moment`, in milliseconds since 1970."""
    group = deployed.outputs["LogGroupName"]
    found = deployed.stand_in.client("logs").filter_log_events(logGroupName=group, startTime=moment)["events"]
    return [line for event in found for line in event["message"].splitlines() if line.strip()]


def replay(api: HttpApi, name: str) -> Answer:
    """What a client gets who sends what the event holds."""
    event = read_event(name)
    method = event.get("httpMethod") or event["requestContext"]["http"]["method"]
    body = (event.get("body") or "").encode()
    given = {key.lower(): value for key, value in (event.get("headers") or {}).items()}
    kept = {"Content-Type": given["content-type"]} if "content-type" in given else {}
    sent = base64.b64decode(body) if event.get("isBase64Encoded") else body
    return api.ask(method, event.get("path") or event["rawPath"], sent or None, kept)
