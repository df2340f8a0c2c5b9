"""`sam local start-api` answers over HTTP as the deployed API does, but for the key, which it does not ask for."""

import json
import time
from collections.abc import Iterator

import pytest

from ops.http_client import Answer, HttpApi, free_port
from tests.e2e.local.started import started

SAM_WAIT_SECONDS = 1
"""How long SAM waits, before it answers, for the log's line REPORT, which it misses where Docker hands on several lines
at once (samcli, container.py, `wait_for_result`)."""


@pytest.fixture(scope="module")
def api(version: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpApi]:  # noqa: ARG001 - a stage
    port = free_port()
    log = tmp_path_factory.mktemp("start-api") / "log"
    api = HttpApi(f"http://127.0.0.1:{port}")
    with started("start-api", ["--port", str(port)], log, lambda: api.ask("GET", "/health")):
        yield api


def predict(api: HttpApi, content_type: str = "application/json") -> Answer:
    return api.ask("POST", "/predict", json.dumps({"features": [6.0, 2.5, 4.5, 1.5]}), {"Content-Type": content_type})


def test_health_names_the_model_that_serves(api: HttpApi, version: str) -> None:
    answer = api.ask("GET", "/health")
    assert answer.status == 200
    assert answer.headers["x-model-version"] == version


def test_the_lessons_sample_is_a_versicolor(api: HttpApi, version: str) -> None:
    answer = predict(api)
    assert answer.status == 200, answer.body
    assert answer.body["prediction"] == "versicolor"
    assert answer.body["prediction_index"] == 1
    assert answer.body["model"]["version"] == version


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "unknown_path"),
        ("GET", "/predict", 405, "wrong_method"),
        ("POST", "/health", 405, "wrong_method"),
    ],
)
def test_paths_and_methods_that_do_not_exist_get_our_own_errors(
    api: HttpApi, method: str, path: str, status: int, code: str
) -> None:
    answer = api.ask(method, path)
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["request_id"]


def test_a_body_that_is_not_json_by_its_type_is_refused(api: HttpApi) -> None:
    answer = predict(api, content_type="application/x-www-form-urlencoded")
    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


def seconds_to_predict(api: HttpApi) -> float:
    began = time.monotonic()
    assert predict(api).status == 200
    return time.monotonic() - began


def test_a_warm_container_answers_within_a_second(api: HttpApi) -> None:
    """Without SAM's own wait, which not every request has."""
    predict(api)
    seconds = [seconds_to_predict(api) for _ in range(10)]
    assert min(seconds) < 1
    assert max(seconds) < SAM_WAIT_SECONDS + 1
