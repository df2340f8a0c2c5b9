"""Log groups of a stand-in for AWS: filled with lines at moments, and answers that only the real one gives."""

import http.server
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3

from tests.integration.sockets import listening

MOST_EVENTS = 1000

Scripted = tuple[int, dict[str, Any]]
"""A status, and the JSON of an answer."""


def put_lines(group: str, lines: Iterable[tuple[datetime, str]], stream: str = "one") -> None:
    """Put lines into a new stream of `group`, which is made where it is not there."""
    logs: Any = boto3.client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    events = [
        {"timestamp": at, "message": text}
        for at, text in sorted((round(moment.timestamp() * 1000), text) for moment, text in lines)
    ]
    for start in range(0, len(events), MOST_EVENTS):
        batch = events[start : start + MOST_EVENTS]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)


def page(*events: tuple[int, str], token: str | None = None) -> Scripted:
    """A page of events, each with its moment in milliseconds."""
    shown: list[dict[str, Any]] = [
        {"logStreamName": "s", "timestamp": at, "message": text, "ingestionTime": at, "eventId": text}
        for at, text in events
    ]
    return 200, {"events": shown, **({"nextToken": token} if token else {})}


def error(code: str, status: int = 400) -> Scripted:
    """A refusal, as the JSON protocol of AWS spells it."""
    return status, {"__type": code, "message": "because"}


@contextmanager
def answering_in_turn(answers: Iterable[Scripted]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that gives these answers, one a request, the last one again and again; gives its URL and what was asked.

    It stands for what neither moto nor another stand-in does: empty pages, throttling, refusals.
    """
    left, asked = list(answers), list[dict[str, Any]]()

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status, document = left.pop(0) if len(left) > 1 else left[0]
            body = json.dumps(document).encode()
            self.send_response_only(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with listening(Answering) as url:
        yield url, asked
