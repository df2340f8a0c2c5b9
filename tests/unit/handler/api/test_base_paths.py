"""A custom domain's base path, a stage's prefix, HEAD and odd slashes: the gateway says which route it took."""

import json
import time
from typing import Any

import pytest

from handler.api.application import Application
from tests.unit.handler.api.pages.test_pages import Elements
from tests.unit.handler.asking import ask, assert_refused, http_event, rest_event

ROW = json.dumps({"features": [6.0, 2.5, 4.5, 1.5]})
BASES = ("", "/v1", "/ml/iris", "/predict", "/a%20b")


def rest(method: str, path: str, resource: str | None, proxy: str | None = None, body: str | None = None) -> Any:
    """An event of a REST API, which took `path` for `resource`."""
    parameters = None if proxy is None else {"proxy": proxy}
    event = rest_event(body, method=method, path=path)
    return event if resource is None else {**event, "resource": resource, "pathParameters": parameters}


def http(method: str, path: str, route_key: str, proxy: str | None = None, stage: str = "$default") -> Any:
    """An event of an HTTP API, which took `path` for `route_key`."""
    event = http_event(ROW if method == "POST" else None, method=method, path=path)
    event["requestContext"]["stage"] = stage
    return {**event, "routeKey": route_key} | ({} if proxy is None else {"pathParameters": {"proxy": proxy}})


ANSWERED = [
    ("POST", "/predict", "/{proxy+}", "predict"),
    ("POST", "/predict/", "/{proxy+}", "predict/"),
    ("POST", "/predict", "/predict", None),
    ("GET", "/health", "/{proxy+}", "health"),
    ("GET", "/model", "/{proxy+}", "model"),
    ("GET", "/openapi.json", "/openapi.json", None),
    ("GET", "/docs", "/docs", None),
    ("GET", "/docs/swagger-ui.js", "/docs/{proxy+}", "swagger-ui.js"),
    ("GET", "", "/", None),
    ("GET", "/", "/", None),
]


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize(("method", "path", "resource", "proxy"), ANSWERED)
def test_a_rest_api_answers_each_route_below_a_base_path(
    iris_application: Application, base: str, method: str, path: str, resource: str, proxy: str | None
) -> None:
    event = rest(method, base + path, resource, proxy, ROW if method == "POST" else None)
    assert ask(iris_application, event).status == 200


@pytest.mark.parametrize("route_key", ["ANY /{proxy+}", "POST /{proxy+}", "POST /predict"])
@pytest.mark.parametrize(("path", "stage"), [("/v1/predict", "$default"), ("/v1/predict", "production")])
def test_an_http_api_answers_below_a_base_path(
    iris_application: Application, route_key: str, path: str, stage: str
) -> None:
    proxy = "predict" if "{" in route_key else None
    assert ask(iris_application, http("POST", path, route_key, proxy, stage)).status == 200


@pytest.mark.parametrize(
    ("path", "stage"),
    [
        ("/production/predict", "production"),
        # A custom domain leads to a stage without its name in the path.
        ("/predict", "production"),
        ("/predict", "$default"),
    ],
)
def test_an_http_api_s_default_route_answers_with_the_stage_s_name_and_without(
    iris_application: Application, path: str, stage: str
) -> None:
    assert ask(iris_application, http("POST", path, "$default", stage=stage)).status == 200


@pytest.mark.parametrize(
    ("path", "resource", "proxy"),
    [
        ("/evil/predict", "/{proxy+}", "evil/predict"),
        ("/evil/predict", None, None),
        ("/evil/predict", "/{proxy+}", None),
        ("/evil/predict", "/evil/{proxy+}", "predict"),
        ("/v1//predict", "/{proxy+}", "/predict"),
        ("//predict", "/{proxy+}", "/predict"),
        ("/v1/predict/x", "/{proxy+}", "predict/x"),
        ("/v1/docs/predict", "/docs/{proxy+}", "predict"),
        ("/docs/../predict", "/docs/{proxy+}", "../predict"),
        ("/v1/predict%2F", "/{proxy+}", "predict%2F"),
        ("/predict", "/report/{proxy+}", "x"),
    ],
)
def test_no_suffix_of_a_path_is_a_route(
    iris_application: Application, path: str, resource: str | None, proxy: str | None
) -> None:
    assert_refused(ask(iris_application, rest("POST", path, resource, proxy, ROW)), 404, "unknown_path")


def test_a_base_path_named_like_a_route_opens_nothing_that_the_gateway_did_not(iris_application: Application) -> None:
    """`/` and `/docs` may need no key where `/predict` does: what the gateway took is what is answered."""
    answer = ask(iris_application, rest("POST", "/predict", "/", None, ROW))
    assert_refused(answer, 405, "wrong_method")


def test_an_event_of_sam_local_generate_event_is_answered(iris_application: Application) -> None:
    """`sam local generate-event apigateway aws-proxy` writes the slash into the parameter too."""
    assert ask(iris_application, rest("POST", "/predict", "/{proxy+}", "/predict", ROW)).status == 200


@pytest.mark.parametrize(("path", "up"), [("/v1/docs", "./"), ("/v1/docs/", "../")])
def test_the_links_of_the_docs_hold_below_a_base_path(iris_application: Application, path: str, up: str) -> None:
    answer = ask(iris_application, rest("GET", path, "/docs"))
    links = [attributes["src"] for tag, attributes, _ in Elements(answer.text).found if "src" in attributes]
    assert links == [f"{up}docs/swagger-ui.js"]


@pytest.mark.parametrize("path", ["/", "/health", "/model", "/openapi.json", "/docs", "/docs/swagger-ui.css"])
@pytest.mark.parametrize("event", [rest_event, http_event])
def test_head_is_answered_as_get_without_the_body(iris_application: Application, event: Any, path: str) -> None:
    got = ask(iris_application, event(None, method="GET", path=path))
    head = ask(iris_application, event(None, method="HEAD", path=path))
    assert (head.status, head.headers, head.text) == (got.status, got.headers, "")


@pytest.mark.parametrize("event", [rest_event, http_event])
def test_a_wrong_method_is_told_of_head_where_there_is_get(iris_application: Application, event: Any) -> None:
    answer = ask(iris_application, event(None, method="PUT", path="/health"))
    assert_refused(answer, 405, "wrong_method")
    assert answer.headers["allow"] == "GET, HEAD"


def test_head_of_what_has_no_get_is_a_wrong_method(iris_application: Application) -> None:
    answer = ask(iris_application, rest_event(None, method="HEAD", path="/predict"))
    assert_refused(answer, 405, "wrong_method")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("path", ["/" * 8000 + "x", "/x" + "/" * 8000 + "x"])
@pytest.mark.parametrize("event", [rest_event, http_event])
def test_thousands_of_slashes_take_no_time(iris_application: Application, event: Any, path: str) -> None:
    began = time.process_time()
    assert_refused(ask(iris_application, event(None, method="GET", path=path)), 404, "unknown_path")
    assert time.process_time() - began < 0.1
