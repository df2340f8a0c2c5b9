"""An HTTP event of API Gateway or of a function URL, read as a request: what was asked for, and its body as text.

It is read here rather than by Powertools' event classes: those cost an import of every kind of event that AWS knows,
and take wrong base64 without an error.
"""

import base64
import binascii
import codecs
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from handler.api.http.content_coding import GZIP_MAGIC, content_coding, unpacked
from handler.api.http.paths import route_path
from handler.errors.request import RequestTooLarge, UndecodableBody, UnsupportedEvent, UnsupportedMediaType

PAYLOAD_BYTES = 6 * 1024 * 1024
"""What a synchronous invocation takes and returns (AWS Lambda Developer Guide, "Lambda quotas", invocation payload)."""

PayloadVersion = Literal["1.0", "2.0"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked for.

    `path` is the route's, `sent_path` the one that was sent, with a stage or a base path before it. `headers` have
    their names in lower case. `body` is as the event has it, which may be base64. `api_request_id` is API Gateway's own
    id of the request, None where the event has none.
    """

    payload_version: PayloadVersion
    method: str
    path: str
    sent_path: str
    headers: Mapping[str, str]
    body: object
    is_base64: bool
    api_request_id: str | None


def read_request(event: Any) -> Request:
    """The request in `event`; raises UnsupportedEvent."""
    version = payload_version(event)
    sent = event["headers"] if isinstance(event.get("headers"), Mapping) else {}
    return Request(
        version,
        event["requestContext"]["http"]["method"] if version == "2.0" else event["httpMethod"],
        route_path(event),
        event["rawPath"] if version == "2.0" else event["path"],
        {name.lower(): value for name, value in sent.items() if isinstance(value, str)},
        event.get("body") or "",
        bool(event.get("isBase64Encoded")),
        _api_request_id(version, event["requestContext"]),
    )


def _api_request_id(version: PayloadVersion, context: Mapping[str, Any]) -> str | None:
    """The id that API Gateway gave the request, and no client can choose.

    A client of a REST API can choose `requestId`, by the header x-amzn-RequestId (API Gateway Developer Guide,
    "Variables for access logging for API Gateway").
    """
    given = context.get("requestId" if version == "2.0" else "extendedRequestId")
    return given if isinstance(given, str) else None


def payload_version(event: object) -> PayloadVersion:
    """Which of API Gateway's two payload formats `event` has: 1.0 for REST APIs, 2.0 for HTTP APIs and function URLs.

    Raises UnsupportedEvent on anything else (API Gateway Developer Guide, "Create AWS Lambda proxy integrations for
    HTTP APIs", payload format version).
    """
    if isinstance(event, Mapping) and isinstance(context := event.get("requestContext"), Mapping):
        http = context.get("http")
        if event.get("version") == "2.0" and isinstance(http, Mapping):
            parts = (event.get("rawPath"), http.get("method"), http.get("path"), context.get("stage"))
            if all(isinstance(part, str) for part in parts):
                return "2.0"
        if isinstance(event.get("httpMethod"), str) and isinstance(event.get("path"), str):
            return "1.0"
    raise UnsupportedEvent(
        "This function answers HTTP events of API Gateway (payload 1.0 or 2.0) and of function URLs; "
        "events/ has one of each to copy."
    )


def json_text(request: Request) -> str:
    """The body of a request that should hold JSON: decoded, unpacked, without a byte order mark.

    Raises UnsupportedMediaType, UndecodableBody, or RequestTooLarge above PAYLOAD_BYTES. A request without
    a Content-Type is taken to be JSON.
    """
    _require_json(request.headers.get("content-type") or "application/json")
    coding = content_coding(request.headers.get("content-encoding") or "")
    body = request.body
    if not isinstance(body, str):
        raise UndecodableBody(f"The event's body must be text, not {type(body).__name__}.")
    if request.is_base64:
        try:
            data = base64.b64decode(body, validate=True)
        except (binascii.Error, ValueError):
            raise UndecodableBody("The body is marked as base64, but is not.") from None
        body = _text(unpacked(data, coding, PAYLOAD_BYTES) if coding else data, coding)
    size = utf_8_bytes(body)
    if size > PAYLOAD_BYTES:
        raise RequestTooLarge(f"The body has {size} bytes; Lambda takes {PAYLOAD_BYTES}. Send fewer rows.")
    # RFC 8259, 8.1: no sender should add it, and a parser may pass over it.
    return body.removeprefix("\ufeff")


def utf_8_bytes(text: str) -> int:
    """The bytes of `text` in UTF-8. A lone surrogate, which JSON can spell and UTF-8 cannot, counts as three."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _text(data: bytes, coding: str | None) -> str:
    """`data` as UTF-8; raises UndecodableBody."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
            wide = "UTF-32" if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) else "UTF-16"
            raise UndecodableBody(f"The body must be UTF-8; it is {wide}.") from None
        if data.startswith(GZIP_MAGIC) and not coding:
            raise UndecodableBody("The body must be UTF-8; for gzip, send the header Content-Encoding: gzip.") from None
        marked = f", or {coding}, as its Content-Encoding says" if coding else ""
        raise UndecodableBody(f"The body must be UTF-8{marked}.") from None


def _require_json(content_type: str) -> None:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    if media_type != "application/json" and not (
        media_type.startswith("application/") and media_type.endswith("+json")
    ):
        raise UnsupportedMediaType(
            f"The body must be JSON: send it with Content-Type: application/json, not {media_type[:100]}."
        )
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in ("utf-8", "utf8", "us-ascii"):
            raise UnsupportedMediaType(f"JSON must be UTF-8 (RFC 8259, 8.1), not {value.strip()[:100]}.")
