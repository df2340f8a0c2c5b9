"""`handler.api.http.paths`: what the gateway matched is the route, whatever the path around it is."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api.http.paths import asked_path, route_path
from tests.unit.handler.asking import http_event, rest_event

segments = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=8)
paths = st.lists(segments | st.just(""), max_size=5).map("/".join)
bases = st.sampled_from(["", "/"]) | st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
odd: st.SearchStrategy[Any] = (
    st.none() | st.integers() | st.text(max_size=4) | st.lists(st.text(max_size=2), max_size=2)
)


def rest(path: str, resource: object, parameters: object) -> dict[str, Any]:
    return {**rest_event(None, path=path), "resource": resource, "pathParameters": parameters}


def http(path: str, route_key: object, parameters: object) -> dict[str, Any]:
    return {**http_event(None, path=path), "routeKey": route_key, "pathParameters": parameters}


@given(bases, paths, st.sampled_from(["", "/docs"]))
def test_the_parameter_of_a_greedy_resource_is_the_route_below_any_base_path(
    base: str, proxy: str, folder: str
) -> None:
    expected = f"{folder}/{proxy}".rstrip("/") or "/"
    asked = f"{base}{folder}/{proxy}"
    if asked != proxy:
        template, parameters = f"{folder}/{{proxy+}}", {"proxy": proxy}
        assert route_path(rest(asked, template, parameters)) == expected
        assert route_path(http(asked, f"ANY {template}", parameters)) == expected


@given(bases, st.sampled_from(["/", "/docs", "/openapi.json", "/report", "/predict"]))
def test_a_resource_without_parameters_is_the_route_below_any_base_path(base: str, resource: str) -> None:
    for parameters in (None, dict[str, str]()):
        assert route_path(rest(base + resource, resource, parameters)) == resource
        assert route_path(http(base + resource, f"GET {resource}", parameters)) == resource


@given(paths.map("/{}".format), odd | st.just("$default"), odd | st.dictionaries(st.just("proxy"), odd))
def test_where_the_gateway_says_nothing_of_use_the_whole_path_is_the_route(
    path: str, template: Any, parameters: Any
) -> None:
    if not (isinstance(template, str) and (template.startswith("/") or " " in template)):
        assert route_path(rest(path, template, parameters)) == (path.rstrip("/") or "/")
        assert route_path(http(path, template, parameters)) == (path.rstrip("/") or "/")


@pytest.mark.parametrize("parameters", [None, {}, [], "proxy", {"proxy": None}, {"proxy": 1}, {"path": "predict"}])
def test_a_parameter_that_is_missing_leaves_the_whole_path(parameters: Any) -> None:
    assert route_path(rest("/v1/predict/", "/{proxy+}", parameters)) == "/v1/predict"


@pytest.mark.parametrize(
    ("raw", "stage", "asked"),
    [
        ("/predict", "$default", "/predict"),
        ("/prod/predict/", "prod", "/predict/"),
        ("/prod", "prod", ""),
        ("/predict", "prod", "/predict"),
        ("/production/predict", "prod", "/production/predict"),
        ("/v1/prod/predict", "prod", "/v1/prod/predict"),
    ],
)
def test_the_name_of_a_stage_is_no_part_of_the_path_where_it_comes_first(raw: str, stage: str, asked: str) -> None:
    event = http_event(None, path=raw)
    event["requestContext"]["stage"] = stage
    assert asked_path(event) == asked
