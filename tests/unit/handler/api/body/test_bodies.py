"""Compressed bodies, byte order marks, and the bodies that people send by mistake: read, or refused with what to do."""

import base64
import gzip
import json
import time
import tracemalloc
import zlib
from typing import Any

import pytest

from handler.api.application import Application
from handler.api.http.event import PAYLOAD_BYTES
from tests.unit.handler.asking import Answer, as_base64, ask, assert_refused, http_event, rest_event

ROW = [6.0, 2.5, 4.5, 1.5]
BODY = json.dumps({"features": ROW}).encode()
GZIP = gzip.compress(BODY)
EVENTS = pytest.mark.parametrize("event", [rest_event, http_event])


def coded(coding: str, body: bytes, event: Any = rest_event) -> dict[str, Any]:
    """`body` under this Content-Encoding."""
    return as_base64(event("", headers={"Content-Type": "application/json", "Content-Encoding": coding}), body)


def as_text(coding: str, text: str) -> dict[str, Any]:
    """The same where the gateway takes the body for text."""
    return rest_event(text, headers={"Content-Type": "application/json", "Content-Encoding": coding})


@EVENTS
@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIP),
        ("GZIP", GZIP),
        ("x-gzip", GZIP),
        ("identity, gzip ", GZIP),
        ("deflate", zlib.compress(BODY)),
        ("gzip", gzip.compress(BODY[:9]) + gzip.compress(BODY[9:])),
        ("gzip", gzip.compress(b"\xef\xbb\xbf" + BODY)),
    ],
    ids=["gzip", "case", "x-gzip", "identity", "deflate", "two members", "byte order mark"],
)
def test_a_compressed_body_is_read(iris_application: Application, event: Any, coding: str, body: bytes) -> None:
    answer = ask(iris_application, coded(coding, body, event))
    assert (answer.status, answer.body.get("prediction")) == (200, "versicolor")


@pytest.mark.parametrize("coding", ["identity", "", "gzip", "x-gzip", "deflate", "utf-8"])
def test_a_body_that_the_gateway_unpacked_already_is_read_as_it_is(iris_application: Application, coding: str) -> None:
    for event in (as_text(coding, BODY.decode()), coded(coding, BODY), coded(coding, b" " + BODY)):
        assert ask(iris_application, event).status == 200


def test_a_body_of_as_many_bytes_as_lambda_carries_is_read_and_one_more_is_not(iris_application: Application) -> None:
    assert ask(iris_application, coded("gzip", gzip.compress(BODY.ljust(PAYLOAD_BYTES)))).status == 200
    answer = ask(iris_application, coded("gzip", gzip.compress(BODY.ljust(PAYLOAD_BYTES + 1))))
    assert_refused(answer, 413, "request_too_large")


def bomb(megabytes: int) -> bytes:
    """Zeros, a thousand times smaller than they are."""
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*[packer.compress(bytes(1 << 20)) for _ in range(megabytes)], packer.flush()])


@pytest.mark.parametrize("body", [bomb(300), bomb(5) * 100], ids=["one member", "many members"])
def test_a_bomb_is_refused_before_it_is_unpacked(iris_application: Application, body: bytes) -> None:
    event = coded("gzip", body)
    tracemalloc.start()
    try:
        answer = ask(iris_application, event)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert_refused(answer, 413, "request_too_large")
    assert peak < 5 * PAYLOAD_BYTES


def test_a_body_of_very_many_members_takes_no_time(iris_application: Application) -> None:
    event = coded("gzip", gzip.compress(b"") * 100_000)
    began = time.process_time()
    answer = ask(iris_application, event)
    assert time.process_time() - began < 1
    assert_refused(answer, 400, "undecodable_body")


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", GZIP[:-1]),
        ("gzip", GZIP[:12]),
        ("gzip", GZIP + b"more"),
        ("gzip", GZIP[:-8] + bytes(8)),
        ("gzip", b"\x1f\x8b"),
        ("gzip", gzip.compress(b"\xff")),
        ("deflate", zlib.compress(BODY)[:-1]),
        ("deflate", zlib.compress(BODY) + b"more"),
        ("gzip", zlib.compress(BODY)),
    ],
    ids=["cut", "cut early", "longer", "checksum", "magic", "not utf-8", "deflate cut", "deflate longer", "deflate"],
)
def test_a_damaged_body_is_refused_by_the_name_of_its_coding(
    iris_application: Application, coding: str, body: bytes
) -> None:
    answer = ask(iris_application, coded(coding, body))
    assert_refused(answer, 400, "undecodable_body")
    assert coding in answer.body["error"]


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, gzip", "x" * 9999])
def test_another_coding_is_refused_with_the_ones_there_are(iris_application: Application, coding: str) -> None:
    answer = ask(iris_application, coded(coding, b"\x0b\x02\x80"))
    assert_refused(answer, 415, "unsupported_media_type")
    assert "gzip, deflate or identity" in answer.body["error"]
    assert len(answer.text) < 500


def test_a_compressed_body_that_was_taken_for_text_is_told_of_it(iris_application: Application) -> None:
    """A REST API without binary media types replaces the bytes that are no UTF-8."""
    answer = ask(iris_application, as_text("gzip", GZIP.decode("utf-8", "replace")))
    assert_refused(answer, 400, "invalid_json")
    assert "send it uncompressed" in answer.body["error"]


def test_a_compressed_body_without_its_header_is_told_of_it(iris_application: Application) -> None:
    answer = ask(iris_application, as_base64(rest_event(""), GZIP))
    assert_refused(answer, 400, "undecodable_body")
    assert "Content-Encoding: gzip" in answer.body["error"]


@EVENTS
def test_a_byte_order_mark_is_no_part_of_the_body(iris_application: Application, event: Any) -> None:
    for sent in (event("\ufeff" + BODY.decode()), as_base64(event(""), b"\xef\xbb\xbf" + BODY)):
        assert ask(iris_application, sent).status == 200


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_body_of_another_encoding_is_told_by_its_name(iris_application: Application, encoding: str) -> None:
    answer = ask(iris_application, as_base64(rest_event(""), BODY.decode().encode(encoding)))
    assert answer.status == 400
    assert encoding[:6].upper() in answer.body["error"]
    assert "UTF-8" in answer.body["error"]


def refused(application: Application, body: str) -> Answer:
    return ask(application, rest_event(body))


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        ({"features": [ROW]}, "invalid_features", "a row within a list"),
        ({"features": [[ROW]]}, "invalid_features", "a row within a list"),
        ({"features": [ROW, ROW]}, "invalid_features", "2 rows: send them as 'instances'"),
        ({"features": [ROW] * 4}, "invalid_features", "4 rows: send them as 'instances'"),
        ({"features": [{"a": 1}, {"a": 2}]}, "invalid_features", "2 rows: send them as 'instances'"),
        ({"instances": [[ROW]]}, "invalid_features", "a row within a list"),
        ({"instances": [[ROW, ROW]]}, "invalid_features", "one list too many"),
        ({"instances": [[ROW] * 4]}, "invalid_features", "one list too many"),
        ({"features": json.dumps(ROW)}, "invalid_features", "JSON within a string"),
        (json.dumps({"features": ROW}), "invalid_body", "encoded twice"),
        (json.dumps({"instances": [ROW]}), "invalid_body", "encoded twice"),
        (json.dumps(json.dumps({"features": ROW})), "invalid_body", "encoded twice"),
        (ROW, "invalid_body", "got a list"),
        ([ROW], "invalid_body", "got a list"),
        (5, "invalid_body", "got a number"),
        (None, "invalid_body", "got null"),
        ({"data": [ROW]}, "invalid_body", "got 'data'"),
        ({"inputs": ROW}, "invalid_body", "got 'inputs'"),
        ({"instance": ROW}, "invalid_body", "got 'instance'"),
        ({"instances": {"a": [1, 2], "b": [3, 4]}}, "invalid_body", "columns"),
        ({"instances": {"a": 1, "b": 2}}, "invalid_body", "got one object"),
        ({"instances": json.dumps([ROW])}, "invalid_body", "JSON within a string"),
    ],
)
def test_a_body_of_another_form_is_told_what_came_and_what_to_send(
    iris_application: Application, body: Any, code: str, told: str
) -> None:
    answer = refused(iris_application, json.dumps(body))
    assert_refused(answer, 422 if code == "invalid_features" else 400, code)
    assert told in answer.body["error"]
    assert "'features'" in answer.body["error"] or "'instances'" in answer.body["error"]


def test_no_body_is_told_with_an_example(iris_application: Application) -> None:
    answer = ask(iris_application, rest_event(None))
    assert_refused(answer, 400, "invalid_json")
    assert "empty" in answer.body["error"]


@pytest.mark.parametrize("value", ["NaN", "nan", "null", "None", "inf"])
def test_a_gap_in_words_is_told_that_null_is_its_spelling(iris_application: Application, value: str) -> None:
    answer = refused(iris_application, json.dumps({"features": [value, 1, 1, 1]}))
    assert_refused(answer, 422, "invalid_features")
    (problem,) = answer.body["details"]
    assert problem["problem"].startswith(f'expected a number, got the string "{value}"')
    assert "null" in problem["problem"].removeprefix(f'expected a number, got the string "{value}"')


def test_the_sentence_of_a_body_without_rows_is_as_it_was(iris_application: Application) -> None:
    for body in ("{}", '{"Features": [1]}', '{"sepal length (cm)": 6.0}'):
        assert refused(iris_application, body).body["error"] == "Invalid input: 'features' key not found"


def test_a_body_is_measured_in_bytes(iris_application: Application) -> None:
    body = json.dumps({"features": "é" * (PAYLOAD_BYTES // 2)}, ensure_ascii=False)
    assert len(body) < PAYLOAD_BYTES < len(body.encode())
    for event in (rest_event(body), {**rest_event(base64.b64encode(body.encode()).decode()), "isBase64Encoded": True}):
        assert_refused(ask(iris_application, event), 413, "request_too_large")


@pytest.mark.parametrize("content_type", ["x" * 99_999, "application/json; charset=" + "x" * 99_999])
def test_what_is_repeated_of_a_header_has_a_bound(iris_application: Application, content_type: str) -> None:
    answer = ask(iris_application, rest_event("{}", headers={"Content-Type": content_type}))
    assert_refused(answer, 415, "unsupported_media_type")
    assert len(answer.text) < 500
