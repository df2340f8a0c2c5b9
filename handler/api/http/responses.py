"""The form of an answer: JSON or a page, the bound on its size, and what Lambda returns of it.

Nothing here knows why an answer is what it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handler.api.http.event import PAYLOAD_BYTES, PayloadVersion, utf_8_bytes
from handler.errors.request import ResponseTooLarge

ENVELOPE_BYTES = 4096
"""Room for the status, the headers and the names around the body in what Lambda returns to API Gateway."""

MORE_BYTES = {
    **{chr(code): 5 for code in range(32)},  # \u0001 in place of one byte
    **dict.fromkeys('"\\\n\r\t\b\f', 1),  # \n in place of one byte
    **dict.fromkeys("\u2028\u2029", 3),  # \u2028 in place of three bytes
}
"""What a character takes as a JSON string's escape beyond what it takes in UTF-8."""


@dataclass(frozen=True)
class Response:
    """An answer as HTTP has it."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Page:
    """Something else than JSON to answer with."""

    content_type: str
    text: str
    headers: dict[str, str] = field(default_factory=dict)


class JsonText(str):
    """A value of an answer that is JSON already."""

    __slots__ = ()


def json_response(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> Response:
    """An answer as JSON; raises ResponseTooLarge where Lambda would refuse to return it.

    Raises ValueError on NaN or infinity in `body`: a model that answers so has no answer, and JSON has no word for it.
    """
    text = "{" + ",".join([f"{_json(name)}:{_json(value)}" for name, value in body.items()]) + "}"
    # What json.dumps writes is ASCII without control characters, so that no character becomes more than two.
    if not _has_room(2 * len(text)):
        _require_room(len(text) + text.count('"') + text.count("\\"))
    return Response(status, {**headers, "Content-Type": "application/json", "Cache-Control": "no-store"}, text)


def _json(value: object) -> str:
    return value if isinstance(value, JsonText) else json.dumps(value, separators=(",", ":"), allow_nan=False)


def page_response(page: Page, headers: Mapping[str, str]) -> Response:
    """A page or a file of one as an answer; raises ResponseTooLarge where Lambda would refuse to return it."""
    _require_room(travelling_bytes(page.text))
    own = {"Content-Type": page.content_type, "Cache-Control": "no-store", **page.headers}
    return Response(200, {**headers, **own}, page.text)


def lambda_answer(response: Response, version: PayloadVersion | None) -> dict[str, Any]:
    """What Lambda returns of `response` to an event of this payload format; None for one that was no HTTP event."""
    answer: dict[str, Any] = {"statusCode": response.status, "body": response.body}
    if version == "1.0":
        headers = {name: [value] for name, value in response.headers.items()}
        return {**answer, "isBase64Encoded": False, "multiValueHeaders": headers}
    answer["headers"] = dict(response.headers)
    return answer if version is None else {**answer, "isBase64Encoded": False, "cookies": []}


def _has_room(travelling: int) -> bool:
    return travelling + ENVELOPE_BYTES <= PAYLOAD_BYTES


def _require_room(travelling: int) -> None:
    if not _has_room(travelling):
        size = travelling + ENVELOPE_BYTES
        raise ResponseTooLarge(f"The answer would take {size} bytes; Lambda returns {PAYLOAD_BYTES}. Send fewer rows.")


def travelling_bytes(text: str) -> int:
    """The bytes that `text` takes within the JSON that the runtime returns.

    That of python3.13 writes it as UTF-8 (awslambdaric, lambda_runtime_marshaller.py, `ensure_ascii=False`), by
    simplejson, which escapes U+2028 and U+2029 besides what JSON must have escaped.
    """
    escaped = sum(text.count(character) * more for character, more in MORE_BYTES.items())
    return utf_8_bytes(text) + escaped
