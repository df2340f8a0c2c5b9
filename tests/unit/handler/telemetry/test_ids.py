"""The ids of a request in its log line: Lambda's, API Gateway's and X-Ray's, and none that a client chose."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.handler.asking import http_event, read_answer, rest_event
from tests.unit.handler.processes import Outcome, run_function

ROOT = "1-5759e988-bd862e3fe1be46a994272793"
OF_GATEWAY = "JKJaXmPLvHcESHA="
CHOSEN = "chosen-by-the-client"
BODY = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})

SENT = {
    "Content-Type": "application/json",
    **dict.fromkeys(
        ("X-Request-Id", "X-Amzn-RequestId", "x-amz-apigw-id", "X-Correlation-Id", "traceparent"),
        CHOSEN,
    ),
    "X-Amzn-Trace-Id": f"Root={CHOSEN}",
}
"""Every header that some server takes an id from."""


def from_gateway(event: dict[str, Any], **ids: Any) -> dict[str, Any]:
    """`event` as API Gateway hands it over, with these ids in its context."""
    return {**event, "requestContext": {**event["requestContext"], **ids}}


EVENTS = [
    (from_gateway(rest_event(BODY, headers=SENT), requestId=CHOSEN, extendedRequestId=OF_GATEWAY), OF_GATEWAY),
    (from_gateway(http_event(BODY, headers=SENT), requestId=OF_GATEWAY), OF_GATEWAY),
    (from_gateway(rest_event("{", headers=SENT), requestId=CHOSEN, extendedRequestId=OF_GATEWAY), OF_GATEWAY),
    (from_gateway(rest_event(BODY, headers=SENT), requestId=CHOSEN), None),
    (from_gateway(rest_event(BODY, headers=SENT), extendedRequestId=[CHOSEN]), None),
    ({"features": [1], "requestContext": None}, None),
    (from_gateway(rest_event(BODY), extendedRequestId="=" * 9999), "=" * 300),
]
"""Each with the id of API Gateway that its line has. A client chooses `requestId` of a REST API."""


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, iris_root: Path) -> Outcome:
    """The events to one function, for which Lambda set the variable of its tracing."""
    return run_function(
        tmp_path_factory.mktemp("traced"),
        [{"ask": event} for event, _ in EVENTS],
        MODEL_URI=str(iris_root),
        _X_AMZN_TRACE_ID=f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=1:1a2b3c4d:0",
    )


def test_the_id_that_the_client_reads_is_lambda_s_and_leads_to_the_line_and_its_version(traced: Outcome) -> None:
    lines = [line for line in traced.log if line["message"] == "answered"]
    for number, (raw, line) in enumerate(zip(traced.answers, lines, strict=True)):
        answer = read_answer(raw, f"request-{number}")
        assert line["function_request_id"] == f"request-{number}"
        assert line["model_version"] == answer.headers["x-model-version"]


def test_every_line_has_the_root_of_the_trace_alone(traced: Outcome) -> None:
    lines = [line for line in traced.log if line["message"] != "window"]  # which is of many requests
    assert {line["message"] for line in lines} == {"model loaded", "answered"}
    assert {line["xray_trace_id"] for line in lines} == {ROOT}


def test_a_line_has_the_id_of_api_gateway_that_no_client_can_choose(traced: Outcome) -> None:
    lines = [line for line in traced.log if line["message"] == "answered"]
    assert [line.get("api_request_id") for line in lines] == [expected for _, expected in EVENTS]


def test_no_id_that_a_client_sends_is_logged_or_answered(traced: Outcome) -> None:
    assert CHOSEN not in traced.stdout + traced.stderr + json.dumps(traced.answers)
