"""A line of JSON is a row as a request has it; what the API refuses of it is refused with the same words."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from handler.api.body.instances import parse_body, to_rows
from handler.errors.request import RequestError
from handler.scoring.outcome import Refusal
from tests.unit.training.scoring.reading.reads import CUSTOMER, MONTHS, SPEND, read_file, written
from training.errors import InvalidTable


def test_a_line_is_an_object_a_list_or_the_body_of_a_request(tmp_path: Path) -> None:
    lines = [
        '{"months": 1, "spend": 2.5, "plan": "pro", "churned": "no"}',
        "",
        '[1, 2.5, "a:b"]',
        '  {"features": [1, 2.5, "pro"], "id": 7}\r',
        '{"features": {"plan": "pro", "months": 1, "spend": null}}',
        '{"plan": "pro"}',
        '"text"',
    ]
    read = read_file(written(tmp_path / "a.jsonl", lines), keep=["id"])
    assert read.sent == [
        [1, 2.5, "pro"],
        [1, 2.5, "a:b"],
        [1, 2.5, "pro"],
        {"plan": "pro", "months": 1, "spend": None},
        {"plan": "pro"},
        "text",
    ]
    assert read.refused == {}
    assert [row["id"] for row in read.kept] == [None, None, 7, None, None, None]


REFUSED = [
    b"[NaN, 1, null]",
    b"[1, 2",
    b"[1, 2, 'pro']",
    b'{"months": 1, "months": 2, "spend": 1, "plan": null}',
    b'{"months": 1, "\\u006donths": 2, "spend": 1, "plan": "a:b"}',
    b"[1e999, 1, null]",
    b"[1" + b"0" * 400 + b", 1, null]",
    b"[1" + b"0" * 5000 + b", 1, null]",
    b'[1, 1, "\\ud800"]',
    b"[" * 100_000,
    b"\xff",
    b"{} {}",
]


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: repr(line[:30]))
def test_what_orjson_and_the_api_do_not_take_alike_is_refused_as_the_api_does(tmp_path: Path, line: bytes) -> None:
    read = read_file(written(tmp_path / "a.jsonl", [b'[1, 2, "pro"]', line, b'[3, 4, "pro"]']))
    assert read.sent[::2] == [[1, 2, "pro"], [3, 4, "pro"]]
    assert list(read.refused) == [1]
    try:
        text = line.decode()
    except UnicodeDecodeError:
        assert read.refused[1].code == "undecodable_body"
        return
    with pytest.raises(RequestError) as raised:
        to_rows(parse_body(f'{{"features": {text}}}'), CUSTOMER)
    expected = Refusal.of(raised.value)
    assert (read.refused[1].code, read.refused[1].details) == (expected.code, expected.details)


def test_a_line_that_no_request_could_hold_is_never_held_whole(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", [b"[1, 2]", b"[" + b" " * 9_000_000 + b"1, 2]", b"[3, 4]"])
    read = read_file(path, (MONTHS, SPEND))
    assert (read.places, read.suspect, read.sent[2]) == ([0, 1, 2], [1], [3, 4])
    assert read.refused[1].code == "request_too_large"


def test_numbers_are_those_of_the_lines_and_all_else_is_suspect(tmp_path: Path) -> None:
    lines = [
        "[1, 2]",
        "[1, null]",
        '[1, "2"]',
        "[1]",
        '{"months": 5, "spend": 6}',
        "[true, 1]",
        "7",
        "[1, 18446744073709551616]",
    ]
    read = read_file(written(tmp_path / "a.jsonl", lines), (MONTHS, SPEND), rows=3)
    assert read.suspect == [2, 3, 5, 6]
    assert [read.numbers[place] for place in (0, 4, 7)] == [[1, 2], [5, 6], [1, 2.0**64]]
    assert read.sent[2] == [1, "2"]


def test_kept_values_have_one_type_a_column_or_are_json_text(tmp_path: Path) -> None:
    kept: list[dict[str, Any]] = [
        {"id": 1, "name": "a", "share": 1, "tags": ["x"], "key": 2**64 + 1, "mixed": 1},
        {"id": 2**53 + 1, "name": None, "share": 0.5, "tags": {"y": None}, "key": 5, "mixed": "1"},
    ]
    lines = [b'{"months": 1, "spend": 2, %s' % orjson_with_long_integers(row)[1:] for row in kept]
    read = read_file(written(tmp_path / "a.jsonl", lines), (MONTHS, SPEND), keep=list(kept[0]))
    assert read.kept == [
        {"id": 1, "name": "a", "share": 1.0, "tags": '["x"]', "key": "18446744073709551617", "mixed": "1"},
        {"id": 2**53 + 1, "name": None, "share": 0.5, "tags": '{"y":null}', "key": "5", "mixed": '"1"'},
    ]


def orjson_with_long_integers(row: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {name: orjson.Fragment(str(value)) if type(value) is int else value for name, value in row.items()}
    )


def test_a_name_to_keep_that_no_line_has_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", ['{"months": 1}', '{"id": 2}'])
    with pytest.raises(InvalidTable, match="has no column 'key' to keep; it has 'months', 'id'"):
        read_file(path, keep=["key"])
    assert read_file(path, keep=["*"]).kept == [{"months": 1, "id": None}, {"months": None, "id": 2}]
    assert read_file(written(tmp_path / "b.jsonl", [""]), keep=["key"]).counts == []
