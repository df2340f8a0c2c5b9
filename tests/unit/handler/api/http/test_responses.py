"""`handler.api.http.responses`: the form of every answer and the bound on its size."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api.http.event import PAYLOAD_BYTES
from handler.api.http.responses import (
    ENVELOPE_BYTES,
    Page,
    json_response,
    page_response,
    travelling_bytes,
)
from handler.errors.request import ResponseTooLarge

HEADERS = {"X-Request-Id": "1", "X-Model-Version": "none"}


@given(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False, allow_infinity=False)))
def test_the_body_is_the_document_in_ascii_json(document: dict[str, object]) -> None:
    response = json_response(200, document, HEADERS)
    assert json.loads(response.body) == document
    assert response.body.isascii()


def test_headers_are_those_given_with_a_type_and_no_caching() -> None:
    response = json_response(405, {}, {**HEADERS, "Allow": "GET"})
    expected = {**HEADERS, "Allow": "GET", "Cache-Control": "no-store", "Content-Type": "application/json"}
    assert response.headers == expected
    assert response.status == 405


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_json_does_not_have_is_never_answered(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_response(200, {"prediction": value}, HEADERS)


@pytest.mark.parametrize("character", ["x", '"', "\\", "\n", "é"], ids=ascii)
def test_the_largest_answer_fits_what_lambda_returns_and_one_more_character_is_refused(character: str) -> None:
    # A character's own size as JSON in JSON, which is how an answer's body travels.
    each = len(json.dumps(json.dumps(character))) - len(json.dumps(json.dumps("")))
    room = PAYLOAD_BYTES - ENVELOPE_BYTES - len(json.dumps(json.dumps({"a": ""}, separators=(",", ":")))) + 2
    fitting = json_response(200, {"a": character * (room // each)}, HEADERS)
    travelling = {"statusCode": 200, "body": fitting.body, "headers": fitting.headers, "isBase64Encoded": False}
    assert PAYLOAD_BYTES - ENVELOPE_BYTES - 16 < len(json.dumps(travelling)) <= PAYLOAD_BYTES
    with pytest.raises(ResponseTooLarge, match=r"Send fewer rows\."):
        json_response(200, {"a": character * (room // each + 1)}, HEADERS)


def as_the_runtime_writes_it(body: str | None, headers: object) -> int:
    """Bytes of an answer on its way: the runtime of python3.13 writes JSON in UTF-8 and escapes what JSON must have."""
    travelling = {"statusCode": 200, "body": body, "headers": headers, "isBase64Encoded": False}
    text = json.dumps(travelling, ensure_ascii=False)
    # simplejson, which the runtime writes with, escapes these two for JavaScript's sake.
    return len(text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029").encode())


@pytest.mark.parametrize(
    "character",
    ["x", '"', "\n", "é", "中", "\U0001f600", "\r", "\t", "\x01", "\u2028", "aé\t"],
    ids=ascii,
)
def test_the_largest_page_fits_what_lambda_returns_and_one_more_character_is_refused(character: str) -> None:
    each = as_the_runtime_writes_it(character, {}) - as_the_runtime_writes_it("", {})
    most = (PAYLOAD_BYTES - ENVELOPE_BYTES) // each
    fitting = page_response(Page("text/html; charset=utf-8", character * most), HEADERS)
    size = as_the_runtime_writes_it(fitting.body, fitting.headers)
    assert PAYLOAD_BYTES - ENVELOPE_BYTES - each < size <= PAYLOAD_BYTES
    with pytest.raises(ResponseTooLarge):
        page_response(Page("text/html; charset=utf-8", character * (most + 1)), HEADERS)


@given(st.text(st.characters(codec="utf-8")))
def test_a_text_takes_the_bytes_that_the_runtime_writes(text: str) -> None:
    empty = as_the_runtime_writes_it("", {})
    assert travelling_bytes(text) == as_the_runtime_writes_it(text, {}) - empty


def test_as_many_rows_with_names_that_are_not_ascii_are_answered_as_fit() -> None:
    """An answer's JSON is ASCII: such a letter takes six characters there, and its backslash one more on its way."""
    row = {"prediction": "größe-中-😀" * 20, "prediction_index": 0}
    one, two = (json_response(200, {"predictions": [row] * rows}, HEADERS).body for rows in (1, 2))
    each = as_the_runtime_writes_it(two, HEADERS) - as_the_runtime_writes_it(one, HEADERS)
    most = (PAYLOAD_BYTES - ENVELOPE_BYTES) // each
    largest = json_response(200, {"predictions": [row] * most}, HEADERS)
    size = as_the_runtime_writes_it(largest.body, largest.headers)
    assert PAYLOAD_BYTES - ENVELOPE_BYTES - each < size <= PAYLOAD_BYTES
    with pytest.raises(ResponseTooLarge):
        json_response(200, {"predictions": [row] * (most + 1)}, HEADERS)
