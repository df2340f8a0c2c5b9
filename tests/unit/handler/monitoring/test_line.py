"""`handler.monitoring.line`: what is written is read as it was, in one part or in several, and nothing else is."""

import json
from typing import Any

import pytest
from hypothesis import given, settings

from handler.monitoring.line import InvalidWindow, WindowPart, lines_of, parse_line
from handler.monitoring.window import MOST_BYTES, Window, total
from tests.unit.handler.monitoring.windows import BINS, VERSION, windows

SMALL = Window(
    VERSION, BINS, 1e9, 1e9 + 0.25, 3, 2, {"invalid_features": 1}, {"5": 3}, {"x": {"1": 2}}, {"y": {"=a": 2}}, {}
)


def written(window: Window) -> list[str]:
    return lines_of(window, window_id="0f" * 8, process="f0" * 8, service="my-stack")


def parsed(line: str) -> WindowPart:
    part = parse_line(line)
    assert part is not None
    return part


@given(windows())
@settings(max_examples=40)
def test_a_line_is_read_as_it_was_written(window: Window) -> None:
    (line,) = written(window)
    assert parsed(line) == WindowPart("0f" * 8, 0, 1, "f0" * 8, "my-stack", window)
    assert parsed(line + "\n").window == window
    assert line.isascii()
    assert "\n" not in line


def test_a_line_has_the_keys_of_every_log_line() -> None:
    line = json.loads(written(SMALL)[0])
    assert (line["level"], line["message"], line["service"]) == ("INFO", "window", "my-stack")
    assert line["timestamp"] == "2001-09-09 01:46:40,250+0000"


WIDE = {
    "many features": {f"feature {number}": {str(label): 10**6 for label in range(30)} for number in range(2000)},
    "one feature of many labels": {"x": {f"={'ü' * 20}{number}": 1 for number in range(5000)}},
    "long names": {"n" * 50_000 + str(number): {"1": 1, "2": 2} for number in range(7)},
    "two long labels": {"x": {"a" * 150_000: 1, "b" * 150_000: 2}},
}


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("where", ["features", "answers"])
def test_a_long_window_is_several_short_lines_that_add_up_to_it(name: str, where: str) -> None:
    fields: dict[str, Any] = {where: WIDE[name]}
    window = Window(VERSION, BINS, 1.0, 2.0, 9, 9, {"internal_error": 1}, {"1": 9}, **fields)
    lines = written(window)
    parts = [parsed(line) for line in lines]
    assert len(parts) > 1
    assert max(map(len, lines)) <= MOST_BYTES
    assert [(part.part, part.parts, part.window_id) for part in parts] == [
        (number, len(parts), "0f" * 8) for number in range(len(parts))
    ]
    assert total([part.window for part in parts[::-1]], Window(VERSION, BINS)) == window
    # No more lines than that takes.
    assert len(lines) <= 2 + 1.5 * sum(map(len, lines)) / MOST_BYTES


def test_part_0_alone_has_what_is_not_a_features() -> None:
    fields: dict[str, Any] = {"features": WIDE["many features"], "answers": {"y": {"=a": 1}}}
    window = Window(
        VERSION, BINS, 1.0, 2.0, 9, 9, {"internal_error": 1}, {"1": 9}, **fields, confidence={"y": {"0.9": 1}}
    )
    first, *others = [parsed(line).window for line in written(window)]
    assert (first.requests, first.rows, first.errors, first.latency) == (9, 9, {"internal_error": 1}, {"1": 9})
    assert (first.answers, first.confidence) == (window.answers, window.confidence)
    for other in others:
        assert (other.requests, other.rows, other.errors, other.latency, other.answers) == (0, 0, {}, {}, {})
        assert (other.began, other.ended) == (1.0, 2.0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "window",
        "START RequestId: 1 Version: window",
        '{"message": "answered", "status": 200}',
        '{"message": "a window was opened"}',
        '["window"]',
        '{"message": ["window"]}',
        '{"message": "window", "requests": NaN}',
        written(SMALL)[0][:-1],
        "[" * 100_000 + '"window"',
    ],
)
def test_any_other_line_is_none(text: str) -> None:
    assert parse_line(text) is None


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("window_id", 1),
        ("process", None),
        ("service", ["my-stack"]),
        ("version", 4_711),
        ("bins", {}),
        ("part", -1),
        ("part", 1),
        ("part", True),
        ("parts", 0),
        ("began", "yesterday"),
        ("began", 10**400),
        ("ended", True),
        ("requests", 1.5),
        ("rows", "2"),
        ("errors", {"invalid_features": -1}),
        ("latency", [1, 2]),
        ("features", {"x": 4_711}),
        ("features", {"x": {"1": 4_711.5}}),
        ("answers", None),
        ("confidence", {"y": {"0.9": True}}),
    ],
)
def test_a_broken_window_is_refused_by_the_key_that_is_wrong(key: str, value: Any) -> None:
    line = json.loads(written(SMALL)[0])
    with pytest.raises(InvalidWindow, match="leave it out") as refused:
        parse_line(json.dumps({**line, key: value}))
    assert "4711" not in str(refused.value)
    del line[key]
    with pytest.raises(InvalidWindow, match=f"'{key}'"):
        parse_line(json.dumps(line))
