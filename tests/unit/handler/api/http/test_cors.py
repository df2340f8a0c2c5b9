"""CORS_ORIGINS: which pages may ask from a browser. A preflight is answered without a model; nobody, unless told."""

import json
from pathlib import Path
from typing import Any

import pytest

from handler.api.application import Application
from tests.unit.handler.asking import ask, assert_refused, get_event, http_event, open_application, rest_event

ONE, TWO, OTHER = "https://one.example", "http://localhost:3000", "https://other.example"
ROW = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})
EVENTS = pytest.mark.parametrize("event", [rest_event, http_event])


@pytest.fixture(scope="module")
def application(iris_root: Path) -> Application:
    return open_application(MODEL_URI=str(iris_root), CORS_ORIGINS=f"{ONE}, {TWO}")


def from_origin(origin: str | None, **more: str) -> dict[str, str]:
    return {"Content-Type": "application/json", **({} if origin is None else {"Origin": origin}), **more}


def preflight(event: Any, origin: str | None, path: str = "/predict") -> Any:
    headers = from_origin(origin, **{"Access-Control-Request-Method": "POST"})
    return event(None, method="OPTIONS", path=path, headers=headers)


def cors_headers(headers: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


@EVENTS
@pytest.mark.parametrize("origin", [ONE, TWO])
def test_an_allowed_page_may_read_answers_and_errors_and_their_headers(
    application: Application, event: Any, origin: str
) -> None:
    for body, path, status in ((ROW, "/predict", 200), ("{}", "/predict", 400), ("{}", "/nowhere", 404)):
        answer = ask(application, event(body, path=path, headers=from_origin(origin)))
        assert answer.status == status
        assert answer.headers["access-control-allow-origin"] == origin
        exposed = set(answer.headers["access-control-expose-headers"].split(", "))
        assert exposed == {"X-Request-Id", "X-Model-Version", "Retry-After", "Allow"}
        assert answer.headers["vary"] == "Origin"


@EVENTS
@pytest.mark.parametrize("origin", [OTHER, "null", "https://one.example.evil", "https://ONE.example/", "", None])
def test_no_other_page_is_told_anything(application: Application, event: Any, origin: str | None) -> None:
    answer = ask(application, event(ROW, headers=from_origin(origin)))
    assert answer.status == 200
    assert cors_headers(answer.headers) == {}
    answer = ask(application, preflight(event, origin))
    assert_refused(answer, 405, "wrong_method")
    assert cors_headers(answer.headers) == {}


def test_caches_are_told_that_the_answer_hangs_on_the_origin(application: Application) -> None:
    assert ask(application, rest_event(ROW)).headers["vary"] == "Origin"


@EVENTS
@pytest.mark.parametrize("path", ["/predict", "/health", "/openapi.json", "/", "/nowhere"])
def test_a_preflight_is_answered_without_a_model(event: Any, path: str) -> None:
    application = open_application(MODEL_URI="/no/such/place", CORS_ORIGINS=ONE)
    answer = ask(application, preflight(event, ONE, path))
    assert (answer.status, answer.text) == (204, "")
    assert answer.headers["access-control-allow-origin"] == ONE
    assert set(answer.headers["access-control-allow-methods"].split(", ")) == {"GET", "HEAD", "POST"}
    allowed = set(answer.headers["access-control-allow-headers"].lower().split(", "))
    assert allowed >= {"content-type", "content-encoding", "x-api-key"}
    assert int(answer.headers["access-control-max-age"]) > 0


def test_a_503_can_be_read_with_its_wait() -> None:
    application = open_application(MODEL_URI="/no/such/place", CORS_ORIGINS=ONE)
    answer = ask(application, rest_event(ROW, headers=from_origin(ONE)))
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (503, ONE)


def test_a_star_stands_for_every_page(iris_root: Path) -> None:
    application = open_application(MODEL_URI=str(iris_root), CORS_ORIGINS="*")
    answer = ask(application, rest_event(ROW, headers=from_origin(OTHER)))
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "vary" not in answer.headers
    assert ask(application, preflight(rest_event, OTHER)).status == 204


@EVENTS
def test_without_origins_everything_is_as_it_was(iris_application: Application, event: Any) -> None:
    answer = ask(iris_application, preflight(event, ONE))
    assert_refused(answer, 405, "wrong_method")
    assert (answer.headers["allow"], cors_headers(answer.headers)) == ("POST", {})
    answer = ask(iris_application, event(ROW, headers=from_origin(ONE)))
    assert cors_headers(answer.headers) == {}
    assert "vary" not in answer.headers


@pytest.mark.parametrize(
    "text",
    [
        "one.example",
        "https://one.example/",
        "https://one.example/page",
        "ftp://one.example",
        "https://",
        "https://a b",
        "null",
        "*,https://one.example",
        "https://*.example",
        "https://one.example\nX-Evil: 1",
        "https://" + "a" * 5000,
    ],
)
def test_what_is_no_list_of_origins_is_an_invalid_setting(iris_root: Path, text: str) -> None:
    application = open_application(MODEL_URI=str(iris_root), CORS_ORIGINS=text)
    assert_refused(ask(application, get_event("/health")), 503, "invalid_settings")


@pytest.mark.parametrize("headers", [None, [], "Origin", {"Origin": None}, {"Origin": [ONE]}])
def test_headers_of_an_odd_form_name_no_page(application: Application, headers: Any) -> None:
    answer = ask(application, {**get_event("/health"), "headers": headers})
    assert (answer.status, cors_headers(answer.headers)) == (200, {})
