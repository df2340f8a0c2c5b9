"""`handler.api.http.event`: which event it is, and its body as text or a refusal."""

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api.http.event import PAYLOAD_BYTES, json_text, payload_version, read_request
from handler.errors.request import RequestTooLarge, UndecodableBody, UnsupportedEvent, UnsupportedMediaType
from tests.events_expected import EXPECTED, read_event
from tests.unit.handler.asking import as_base64, http_event, rest_event

HTTP_API = {name for name in EXPECTED if "http_api" in name or name.endswith("function_url")}


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"direct_invocation"}))
def test_each_event_of_the_corpus_is_told_by_its_form(name: str) -> None:
    assert payload_version(read_event(name)) == ("2.0" if name in HTTP_API else "1.0")


@pytest.mark.parametrize(
    "event",
    [
        None,
        [],
        "event",
        1,
        {},
        {"features": [6.0, 2.5, 4.5, 1.5]},
        {"httpMethod": "GET", "path": "/health"},
        {"requestContext": {}},
        {"requestContext": {}, "httpMethod": "GET"},
        {"requestContext": {}, "httpMethod": None, "path": None},
        {"requestContext": {"http": {"method": "GET"}}, "rawPath": "/health"},
        {"requestContext": {}, "version": "2.0", "rawPath": "/health"},
        {"requestContext": {"http": {}}, "version": "2.0"},
        {"Records": [{"eventSource": "aws:sqs", "body": "{}"}]},
        {"requestContext": {"connectionId": "c", "routeKey": "$connect", "eventType": "CONNECT"}},
        {"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}},
    ],
)
def test_what_is_no_http_event_is_refused_with_where_to_find_one(event: object) -> None:
    with pytest.raises(UnsupportedEvent, match="events/ has one of each to copy"):
        payload_version(event)


@pytest.mark.parametrize("event", [rest_event, http_event])
def test_both_formats_are_read_as_the_same_request(event: Any) -> None:
    request = read_request(
        event("{}", method="POST", path="/predict/", headers={"Content-Type": "text/plain", "ACCEPT": "*/*"})
    )
    assert (request.method, request.path, request.sent_path) == ("POST", "/predict", "/predict/")
    assert request.headers == {"content-type": "text/plain", "accept": "*/*"}
    assert (request.body, request.is_base64) == ("{}", False)


@pytest.mark.parametrize("headers", [None, [], "text", {"Content-Type": None}, {"Content-Type": ["text/plain"]}])
def test_headers_of_an_odd_form_are_none(headers: Any) -> None:
    assert read_request({**rest_event("{}"), "headers": headers}).headers == {}


@given(st.text(st.characters(codec="utf-8")))
def test_a_body_arrives_as_it_was_sent_but_for_a_byte_order_mark_in_base64_or_not(body: str) -> None:
    for event in (rest_event(body), http_event(body)):
        assert json_text(read_request(event)) == body.removeprefix("\ufeff")
        assert json_text(read_request(as_base64(event, body.encode()))) == body.removeprefix("\ufeff")


@pytest.mark.parametrize("event", [rest_event(None), rest_event(""), http_event(None)])
def test_no_body_is_an_empty_text(event: dict[str, Any]) -> None:
    assert json_text(read_request(event)) == ""


@pytest.mark.parametrize("body", ["{}", "e3", "e30=e30=", "e30 ", "e30\n", "e3-_", "é30=", "="])
def test_wrong_base64_is_refused(body: str) -> None:
    with pytest.raises(UndecodableBody, match="marked as base64, but is not"):
        json_text(read_request({**rest_event(body), "isBase64Encoded": True}))


@pytest.mark.parametrize(
    "data", [b"\xff", b'{"features": [1\x80]}', "{}".encode("utf-16"), b"\xed\xa0\x80", b"\xc0\xaf"]
)
def test_a_body_that_is_not_utf_8_is_refused(data: bytes) -> None:
    with pytest.raises(UndecodableBody, match="must be UTF-8"):
        json_text(read_request(as_base64(rest_event(""), data)))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "APPLICATION/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=us-ascii",
        "application/json; profile=x",
        "application/vnd.api+json",
        "application/problem+json ; charset=utf-8",
        " application/json ",
        "",
    ],
)
def test_every_way_to_say_json_is_taken(content_type: str) -> None:
    assert json_text(read_request(rest_event("{}", headers={"content-type": content_type}))) == "{}"


def test_a_header_s_name_has_no_case_and_may_be_left_out() -> None:
    assert json_text(read_request(rest_event("{}", headers={}))) == "{}"
    assert json_text(read_request({**rest_event("{}"), "headers": None})) == "{}"
    with pytest.raises(UnsupportedMediaType):
        json_text(read_request(rest_event("{}", headers={"CONTENT-TYPE": "text/plain"})))


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonl",
        "application/octet-stream",
        "json",
        "*/*",
        "image/svg+json",
        "application/json; charset=iso-8859-1",
        "application/json; charset=utf-16",
    ],
)
@pytest.mark.parametrize("event", [rest_event, http_event])
def test_what_says_it_is_not_json_is_refused(event: Any, content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType, match="JSON"):
        json_text(read_request(event("{}", headers={"Content-Type": content_type})))


def test_a_body_as_large_as_lambda_takes_is_taken_and_one_more_is_not() -> None:
    assert len(json_text(read_request(rest_event("1" * PAYLOAD_BYTES)))) == 6 * 1024 * 1024
    with pytest.raises(RequestTooLarge, match=r"Send fewer rows\."):
        json_text(read_request(rest_event("1" * (PAYLOAD_BYTES + 1))))
    large = base64.b64encode(b"1" * (PAYLOAD_BYTES + 1)).decode()
    with pytest.raises(RequestTooLarge):
        json_text(read_request({**http_event(large), "isBase64Encoded": True}))
