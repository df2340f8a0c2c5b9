"""Asks an application as API Gateway does, and holds every answer to the contract that all answers share.

The tests of the handler ask through `ask` alone, so that an error of another shape fails wherever it shows.
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from handler.api.application import Application, create_application
from handler.api.http.event import payload_version
from handler.api.http.paths import route_path
from handler.api.routes.table import needs_key
from handler.errors.request import UnsupportedEvent
from handler.telemetry.exchange import Observer
from handler.telemetry.log_and_metrics import Telemetry
from tests.conftest import Context

STATUSES = {200, 204, 400, 404, 405, 413, 415, 422, 500, 503}
"""The status table of the HTTP contract."""

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """An answer as a client sees it: header names in lower case, the body parsed as strict JSON; None for a page."""

    status: int
    headers: dict[str, str]
    body: Any
    text: str


def open_application(*observers: Observer, **environ: str) -> Application:
    """The application of an execution environment that has these variables."""
    return create_application(environ, Telemetry(environ), observers)


def rest_event(
    body: str | None, *, method: str = "POST", path: str = "/predict", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """An event of a REST API (payload 1.0)."""
    return {
        "httpMethod": method,
        "path": path,
        "headers": dict(JSON if headers is None else headers),
        "requestContext": {"stage": "Prod", "path": f"/Prod{path}", "httpMethod": method},
        "body": body,
        "isBase64Encoded": False,
    }


def http_event(
    body: str | None, *, method: str = "POST", path: str = "/predict", headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """An event of an HTTP API or a function URL (payload 2.0)."""
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "headers": {name.lower(): value for name, value in (JSON if headers is None else headers).items()},
        "requestContext": {"stage": "$default", "http": {"method": method, "path": path}},
        "isBase64Encoded": False,
    }
    return event if body is None else {**event, "body": body}


def as_base64(event: dict[str, Any], body: bytes) -> dict[str, Any]:
    """`event` with `body` in base64, as API Gateway hands over what it takes for binary."""
    return {**event, "body": base64.b64encode(body).decode(), "isBase64Encoded": True}


def predict_event(document: object) -> dict[str, Any]:
    """A REST API's POST /predict with `document` as its JSON."""
    return rest_event(json.dumps(document))


def get_event(path: str) -> dict[str, Any]:
    """A REST API's GET of `path`."""
    return rest_event(None, method="GET", path=path)


def ask(application: Application, event: Any, context: Context | None = None) -> Answer:
    """The application's answer to `event`, once it is proved to keep the contract."""
    asked_with = context or Context()
    raw = application.handle(event, cast(LambdaContext, asked_with))
    return read_answer(raw, asked_with.aws_request_id, _path_of(event))


def _path_of(event: Any) -> str:
    """The route's path that `event` asks for; none where it is no HTTP event."""
    try:
        payload_version(event)
    except UnsupportedEvent:
        return ""
    return route_path(event)


def read_answer(raw: Mapping[str, Any], request_id: str, path: str = "") -> Answer:
    """What a client that asked for `path` gets of `raw`, Lambda's return value; fails where it breaks the contract of
    all answers."""
    json.dumps(raw, allow_nan=False)
    headers = {name.lower(): value for name, value in raw.get("headers", {}).items()}
    for name, values in raw.get("multiValueHeaders", {}).items():
        (headers[name.lower()],) = values
    if raw["statusCode"] == 204:  # a preflight's answer
        assert raw["body"] == ""
        return Answer(204, headers, None, "")
    is_json = headers["content-type"] == "application/json"
    # Only HEAD is answered with 200 and nothing.
    body = json.loads(raw["body"], parse_constant=_refuse) if is_json and raw["body"] else None
    answer = Answer(raw["statusCode"], headers, body, raw["body"])
    assert answer.status in STATUSES
    assert not raw.get("isBase64Encoded")
    assert is_json or (answer.status, headers["content-type"].split("/")[0]) == (200, "text")
    assert headers["cache-control"] == "no-store" or not is_json
    assert headers["x-request-id"] == request_id
    assert bool(headers.get("x-model-version")) != (path != "" and not needs_key(path))
    assert ("retry-after" in headers) == (answer.status == 503)
    assert ("allow" in headers) == (answer.status == 405)
    if answer.status != 200:
        assert_error_shape(answer, request_id)
    return answer


def assert_error_shape(answer: Answer, request_id: str) -> None:
    """Every error has the same four keys, a sentence for a person, a slug for a program, and no trace."""
    assert set(answer.body) == {"error", "code", "request_id", "details"}
    assert answer.body["error"]
    assert answer.body["code"].replace("_", "").isalpha()
    assert answer.body["code"] == answer.body["code"].lower()
    assert answer.body["request_id"] == request_id
    assert bool(answer.body["details"]) == (answer.status == 422)
    for problem in answer.body["details"]:
        assert set(problem) == {"row", "feature", "problem"}
        assert type(problem["row"]) is int
        assert problem["feature"] is None or problem["feature"]
        assert problem["problem"]
    assert "Traceback" not in answer.text
    assert not re.search(r'\.py\\?", line', answer.text)
    if answer.status == 503:
        assert int(answer.headers["retry-after"]) >= 1


def assert_refused(answer: Answer, status: int, code: str) -> None:
    """The answer is this error."""
    assert (answer.status, answer.body.get("code")) == (status, code), answer.text


def _refuse(name: str) -> None:
    raise AssertionError(f"{name} is in an answer, and is not JSON")
