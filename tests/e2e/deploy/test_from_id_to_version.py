"""From the id in a client's hands to the log line, the trace and the version that answered, at the deployed URL.

The stand-in gives every invocation a trace id, as Lambda does, but has no X-Ray to look it up in: `make prove-on-aws`
does that, by its claim "traces".
"""

import json
import re
import time
from typing import Any

from ops import stack
from ops.aws_stand_in import Credentials
from ops.commands import training
from ops.stack import Stack
from tests.e2e.deploy.stages import Serving

SECONDS = 20
"""How long a line may take from the function to its log."""

CHOSEN = "11111111-2222-4333-8444-555555555555"
SENT = {
    **dict.fromkeys(("X-Request-Id", "X-Amzn-RequestId", "X-Amz-Apigw-Id"), CHOSEN),
    "X-Amzn-Trace-Id": f"Root={CHOSEN}",
}
"""A client's ids, in every header that a server may take one from."""


def lines_with(deployed: Stack, observer: Credentials, text: str) -> list[str]:
    """The lines of the function's log that hold `text`, as docs/monitoring.md asks for them."""
    found = deployed.stand_in.client("logs", observer).filter_log_events(
        logGroupName=deployed.outputs["LogGroupName"], filterPattern=f'"{text}"'
    )
    return [event["message"] for event in found["events"]]


def answered(deployed: Stack, observer: Credentials, request_id: str) -> dict[str, Any]:
    """The one line `answered` of a request."""
    deadline = time.monotonic() + SECONDS
    while True:
        documents = [json.loads(line) for line in lines_with(deployed, observer, request_id) if line.startswith("{")]
        found = [each for each in documents if each.get("message") == "answered"]
        if found or time.monotonic() > deadline:
            (line,) = found
            return dict(line)
        time.sleep(0.2)


def test_the_id_of_an_answer_leads_to_its_line_its_trace_its_version_and_who_promoted_that(
    serving: Serving, observer: Credentials
) -> None:
    answer = stack.predict(serving.stack.api)
    line = answered(serving.stack, observer, answer.headers["x-request-id"])
    assert (line["status"], line["path"]) == (200, "/predict")
    assert re.fullmatch(r"1-[0-9a-f]{8}-[0-9a-f]{24}", line["xray_trace_id"])
    version = line["model_version"]
    assert version == answer.headers["x-model-version"] == answer.body["model"]["version"]
    uri = ["--model-uri", serving.stack.outputs["ModelUri"]]
    environment = serving.stack.stand_in.environment(observer)
    assert training("show", version, *uri, env=environment)["version"] == version
    changes = training("history", *uri, env=environment)
    assert [change["reason"] for change in changes if change["version"] == version] == ["the first model"]


def test_an_error_of_the_function_bears_the_same_id_in_its_body_and_leads_to_its_line(
    serving: Serving, observer: Credentials
) -> None:
    answer = serving.stack.api.ask("GET", "/nowhere")
    assert answer.body["request_id"] == answer.headers["x-request-id"]
    line = answered(serving.stack, observer, answer.body["request_id"])
    assert (line["status"], line["path"]) == (404, "/nowhere")
    assert answered(serving.stack, observer, line["api_request_id"]) == line


def test_an_id_that_has_no_line_is_of_a_request_that_the_gateway_refused(
    serving: Serving, observer: Credentials
) -> None:
    refused = stack.predict(serving.stack.api_without_key)
    assert (refused.status, refused.body["code"]) == (403, "invalid_api_key")
    assert re.fullmatch(r"[0-9a-f-]{36}", refused.body["request_id"])
    answered(serving.stack, observer, stack.predict(serving.stack.api).headers["x-request-id"])  # lines do arrive
    assert lines_with(serving.stack, observer, refused.body["request_id"]) == []


def test_no_id_that_a_client_sends_is_logged_or_answered(serving: Serving, observer: Credentials) -> None:
    api = serving.stack.api
    good = api.ask("POST", "/predict", json.dumps({"features": [6.0, 2.5, 4.5, 1.5]}), SENT)
    wrong = api.ask("POST", "/predict", "{", SENT)
    refused = serving.stack.api_without_key.ask("POST", "/predict", "{}", SENT)
    assert [answer.status for answer in (good, wrong, refused)] == [200, 400, 403]
    for answer in (good, wrong):
        answered(serving.stack, observer, answer.headers["x-request-id"])
    assert lines_with(serving.stack, observer, CHOSEN) == []
    for answer in (good, wrong, refused):
        assert CHOSEN not in f"{dict(answer.headers)} {answer.body}"
