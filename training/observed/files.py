"""The lines of a log that somebody saved: by `serve`, `aws logs tail`, `sam logs`, an export, or by hand.

Each tool puts something of its own around what the function wrote: a stream and a moment before it, line breaks and
indents within it, a document of events around it, compression. What is inside is given as the function wrote it.
"""

import gzip
import io
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

STANDARD_INPUT = "-"
GZIP = b"\x1f\x8b"
"""The first bytes of a file that is compressed (RFC 1952, 2.3.1), as those of an export to S3 are."""


@contextmanager
def opened(place: str) -> Iterator[TextIO]:
    """The text of a file, or of standard input for `-`; bytes that are no UTF-8 are replaced. Raises OSError."""
    if place == STANDARD_INPUT:
        yield sys.stdin
        return
    with Path(place).open("rb") as file:
        raw = gzip.GzipFile(fileobj=file) if file.peek(2)[:2] == GZIP else file
        yield io.TextIOWrapper(raw, encoding="utf-8", errors="replace")


def log_lines(lines: Iterable[str]) -> Iterator[str]:
    """Each line that a function may have written, as JSON on one line; of lines without an object nothing.

    An object that breaks off is given as it is, so that whoever counts can say so.
    """
    begun: list[str] = []
    for line in lines:
        if begun:
            # Whoever indents a document indents all of it but its end.
            if line[:1].isspace():
                begun.append(line)
                continue
            closes = line.rstrip() == "}"
            yield from _within("".join([*begun, line] if closes else begun))
            begun = []
            if closes:
                continue
        start = line.find("{")
        if start < 0:
            continue
        text = line[start:].rstrip()
        if text == "{":
            begun = [text]
        else:
            yield from _within(_without_quotes_of_csv(text))
    if begun:
        yield from _within("".join(begun))


def _without_quotes_of_csv(text: str) -> str:
    """The console's CSV doubles each quotation mark (RFC 4180, 2.7)."""
    return text.replace('""', '"') if text.startswith('{""') else text


def _within(text: str) -> Iterator[str]:
    """The lines in one object: itself, or the events of a document that a tool made of them."""
    try:
        document, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        yield text
        return
    messages = list(_messages(document))
    if messages:
        for message in messages:
            yield from log_lines([message])
    else:
        yield json.dumps(document, ensure_ascii=False)


def _messages(document: Any) -> Iterator[str]:
    """What the function wrote, in a document of `aws logs filter-log-events`, of `sam logs --output json`, or of a
    query's results; none where the document is the function's own line."""
    events = document.get("events")
    for event in events if isinstance(events, list) else [document]:
        message = event.get("message") if isinstance(event, dict) else None
        if isinstance(message, str) and message.lstrip().startswith("{"):
            yield message
    results = document.get("results")
    for row in results if isinstance(results, list) else []:
        for field in row if isinstance(row, list) else []:
            if isinstance(field, dict) and field.get("field") == "@message":
                yield str(field.get("value"))
