"""A log that was saved by any of the usual tools has the windows that the function wrote."""

import gzip
import json
import sys
from io import StringIO
from pathlib import Path

import pytest

from handler.monitoring.line import lines_of, parse_line
from handler.monitoring.window import Window
from training.observed.files import log_lines, opened

WINDOW = Window("20261130T071500Z-c948d40a", "b", 1.0, 2.0, 1, 1, {}, {"5": 1}, {'a "b" {c}': {"=é": 1}})
(LINE,) = lines_of(WINDOW, window_id="a", process="p", service="churn")
OTHER = '{"level":"INFO","message":"answered","path":"/{\\"message\\":\\"window\\"}"}'
STREAM = "2026/12/01/[12]0123456789abcdef0123456789abcdef"
PRETTY = json.dumps(json.loads(LINE), indent=2)
EVENT = {"logStreamName": STREAM, "timestamp": 1796107952034, "message": f"{LINE}\n", "eventId": "1"}

SAVED = {
    "the function's own lines": f"START RequestId: 1 Version: 2\n{OTHER}\n{LINE}\nEND RequestId: 1\n",
    "serve": f'INFO:     127.0.0.1:4 - "POST /predict HTTP/1.1" 200 OK\n{LINE}\n',
    "aws logs tail": f"2026-12-01T06:50:02.123000+00:00 {STREAM} {OTHER}\n2026-12-01T06:50:03+00:00 {STREAM} {LINE}\n",
    "aws logs tail --format json": f"2026-12-01T06:50:02.123000+00:00 {STREAM} {PRETTY}\n",
    "sam logs": f"{STREAM} 2026-12-01T06:50:02.123000 START\n{STREAM} 2026-12-01T06:50:02.123000 {PRETTY}\n",
    "sam logs --output json": f"{json.dumps(EVENT)}\n",
    "aws logs filter-log-events": json.dumps({"events": [EVENT | {"message": "START"}, EVENT]}, indent=4),
    "an export to S3": f"2026-12-01T06:50:02.123Z {LINE}\n",
    "the console's CSV": 'timestamp,message\n1796107952034,"' + LINE.replace('"', '""') + '\n"\n',
    "the results of a query": json.dumps({"results": [[{"field": "@message", "value": LINE}]], "status": "Complete"}),
}
"""Named by who saved them: each has one window."""


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED.keys())
def test_the_window_is_found_in_what_the_tool_saved(saved: str) -> None:
    found = [part.window for text in log_lines(StringIO(saved)) if (part := parse_line(text))]
    assert found == [WINDOW]


@pytest.mark.parametrize("compressed", [False, True])
def test_a_file_may_be_compressed_and_bytes_that_are_no_text_do_no_harm(tmp_path: Path, compressed: bool) -> None:
    data = b"\xff\x00\xfe{\n\n" + LINE.encode() + b"\n}\n\xfe{\xff{"
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(data) if compressed else data)
    with opened(str(path)) as text:
        assert [part.window for each in log_lines(text) if (part := parse_line(each))] == [WINDOW]


def test_standard_input_is_read_where_a_hyphen_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(LINE))
    with opened("-") as text:
        assert list(map(parse_line, log_lines(text))) == [parse_line(LINE)]


def test_a_line_that_breaks_off_is_given_as_it_is() -> None:
    assert list(log_lines([f"x {LINE[:40]}\n"])) == [LINE[:40]]


def test_what_a_client_sent_is_no_window_although_it_looks_like_one() -> None:
    assert list(filter(None, map(parse_line, log_lines([OTHER])))) == []
