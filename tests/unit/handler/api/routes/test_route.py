"""`handler.api.routes.route` and `table`: a request finds its one route, and a route is declared once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api.http.responses import Page
from handler.api.routes.route import Call, Route, find_route
from handler.api.routes.table import ROUTES, needs_key
from handler.errors.request import UnknownPath, WrongMethod


def nothing(_: Call) -> Page:
    return Page("text/plain", "")


LIST = Route("GET", "/versions", nothing, "All versions")
LATEST = Route("GET", "/versions/latest", nothing, "The latest one")
ONE = Route("GET", "/versions/{version}", nothing, "One version")
DELETE = Route("DELETE", "/versions/{version}", nothing, "One version less")
FILE = Route("GET", "/versions/{version}/{file}", nothing, "A file of one")
TABLE = (LIST, LATEST, ONE, DELETE, FILE)

parts = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1)


@given(parts, parts)
def test_a_parameter_is_one_part_of_the_path_whatever_is_in_it(version: str, file: str) -> None:
    assert FILE.match(f"/versions/{version}/{file}") == {"version": version, "file": file}
    if version != "latest":
        assert find_route(TABLE, "GET", f"/versions/{version}") == (ONE, {"version": version})
    for other in (f"/versions/{version}/{file}/{file}", f"/other/{version}/{file}", f"/versions//{file}"):
        assert FILE.match(other) is None


def test_of_two_routes_the_first_in_the_table_answers() -> None:
    assert find_route(TABLE, "GET", "/versions/latest") == (LATEST, {})


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_head_finds_what_get_does(method: str) -> None:
    assert find_route(TABLE, method, "/versions") == (LIST, {})


def test_a_wrong_method_is_told_the_right_ones_and_an_unknown_path_the_paths_there_are() -> None:
    with pytest.raises(WrongMethod, match="/versions/7 takes GET, DELETE, HEAD, not PUT") as caught:
        find_route(TABLE, "PUT", "/versions/7")
    assert caught.value.allowed == ("GET", "DELETE", "HEAD")
    with pytest.raises(UnknownPath, match=r"GET /versions, GET /versions/latest, GET /versions/\{version\}, DELETE"):
        find_route(TABLE, "GET", "/version")


def test_each_route_is_in_the_table_once_and_says_what_it_answers() -> None:
    assert len({(route.method, route.path) for route in ROUTES}) == len(ROUTES)
    assert all(route.summary and not route.summary.endswith(".") for route in ROUTES)


def test_the_key_is_needed_everywhere_but_at_the_keyless_routes_and_in_their_folders() -> None:
    assert {route.path for route in ROUTES if not needs_key(route.path)} == {
        route.path for route in ROUTES if not route.needs_key
    }
    assert not any(map(needs_key, ("/docs/7", "/docs/predict")))
    assert all(map(needs_key, ("/docs7", "/nowhere", "/predict/docs/", "")))
