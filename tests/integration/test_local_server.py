"""`make serve` answers over HTTP what the function answers to events."""

import base64
import contextlib
import gzip
import http.client
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from handler.api.application import create_application
from handler.monitoring.line import parse_line
from tests.events_expected import EXPECTED, read_event
from tests.integration.registries import put_manifest, put_version
from training.local.serving import LocalTelemetry, create_asgi, local_application
from training.release.publish import TrainedFolder

NOT_HTTP = {"direct_invocation", "predict_wrong_base64"}
"""No HTTP request reaches the function like these: HTTP marks nothing as base64."""


@pytest.fixture(scope="module")
def server(iris: TrainedFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the local server answers."""
    uri = str(tmp_path_factory.mktemp("registry"))
    put_version(uri, iris)
    put_manifest(uri, iris.manifest)
    application = create_application({"MODEL_URI": uri}, LocalTelemetry({}))
    application.holder.start()
    config = uvicorn.Config(
        create_asgi(application), host="127.0.0.1", port=0, log_level="error", lifespan="off", ws="none"
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + 10
    while not running.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    host, port = running.servers[0].sockets[0].getsockname()[:2]
    yield f"{host}:{port}"
    running.should_exit = True
    thread.join()


def ask(
    server: str, method: str, path: str, body: bytes | None = None, headers: dict[str, Any] | None = None
) -> tuple[int, dict[str, str], Any]:
    """The status, the headers in lower case, and the body parsed."""
    with contextlib.closing(http.client.HTTPConnection(server, timeout=10)) as connection:
        connection.request(method, path, body, headers or {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.load(answer)


def replay(server: str, name: str) -> tuple[int, dict[str, str], Any]:
    """Ask what an event of the corpus asks."""
    event = read_event(name)
    context = event["requestContext"].get("http", {})
    body = (event.get("body") or "").encode()
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body)
    headers = {name: value for name, value in event["headers"].items() if name.lower() != "host"}
    method, path = event.get("httpMethod") or context["method"], event.get("path") or event["rawPath"]
    return ask(server, method, path, body or None, headers)


@pytest.mark.parametrize("name", sorted(EXPECTED.keys() - NOT_HTTP))
def test_an_event_is_answered_over_http_as_the_function_answers_it(server: str, iris: TrainedFolder, name: str) -> None:
    expected = EXPECTED[name]
    status, headers, body = replay(server, name)
    assert (status, body.get("code")) == (expected.status, expected.code)
    if expected.predictions:
        assert tuple(answer["prediction"] for answer in body.get("predictions", [body])) == expected.predictions
    assert headers["content-type"].startswith("application/json")
    assert headers["x-model-version"] == iris.manifest.version


def test_every_answer_has_a_request_id_of_its_own(server: str) -> None:
    ids = [replay(server, name)[1]["x-request-id"] for name in sorted(EXPECTED.keys() - NOT_HTTP)]
    assert all(ids)
    assert len(set(ids)) == len(ids)


def test_an_error_repeats_the_request_id_of_its_header(server: str) -> None:
    status, headers, body = ask(server, "POST", "/predict", b"{}")
    assert (status, body["request_id"]) == (400, headers["x-request-id"])


def test_requests_at_the_same_time_get_their_own_answers(server: str) -> None:
    rows = [[5.1, 3.5, 1.4, 0.2], [6.0, 2.5, 4.5, 1.5], [6.3, 3.3, 6.0, 2.5]] * 8
    answers: list[Any] = [None] * len(rows)

    def one(index: int) -> None:
        answers[index] = ask(server, "POST", "/predict", json.dumps({"features": rows[index]}).encode())

    threads = [threading.Thread(target=one, args=(index,)) for index in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [body["prediction"] for _, _, body in answers] == ["setosa", "versicolor", "virginica"] * 8
    assert len({headers["x-request-id"] for _, headers, _ in answers}) == len(rows)


def test_a_body_that_is_not_utf_8_is_a_bad_request(server: str) -> None:
    status, headers, body = ask(server, "POST", "/predict", b'{"features": [\xff]}')
    assert (status, body["code"]) == (400, "undecodable_body")
    assert body["request_id"] == headers["x-request-id"]


def test_a_header_that_is_not_utf_8_is_no_failure_of_ours(server: str) -> None:
    status, _, body = ask(server, "GET", "/health", None, {"X-Name": b"caf\xe9"})
    assert status == 400
    assert body["code"] == "undecodable_body"


def test_a_compressed_body_is_read(server: str) -> None:
    body = gzip.compress(b'{"features": [6.0, 2.5, 4.5, 1.5]}')
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    status, _, answer = ask(server, "POST", "/predict", body, headers)
    assert (status, answer["prediction"]) == (200, "versicolor")


def test_head_is_answered_without_a_body(server: str) -> None:
    with contextlib.closing(http.client.HTTPConnection(server, timeout=10)) as connection:
        for path, status in (("/health", 200), ("/nowhere", 404)):
            connection.request("HEAD", path)
            answer = connection.getresponse()
            assert (answer.status, answer.read()) == (status, b"")


def test_a_query_and_a_trailing_slash_lead_to_the_same_route(server: str) -> None:
    assert ask(server, "GET", "/health?a=1&b=%FF")[0] == 200
    assert ask(server, "GET", "/health/")[0] == 200


def test_other_methods_are_told_the_allowed_one(server: str) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        status, headers, _ = ask(server, method, "/predict")
        assert (status, headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(("environ", "windows"), [({}, 0), ({"OBSERVE_SECONDS": "60"}, 1)], ids=["by default", "asked"])
def test_windows_are_written_only_where_they_are_asked_for(
    iris: TrainedFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str], environ: dict[str, str], windows: int
) -> None:
    put_version(str(tmp_path), iris)
    put_manifest(str(tmp_path), iris.manifest)
    application = local_application({"MODEL_URI": str(tmp_path), **environ})
    assert application.answer(read_event("predict_features"), "1")["statusCode"] == 200
    assert sum(parse_line(line) is not None for line in capsys.readouterr().out.splitlines()) == windows
