"""What the handler needs of an HTTP event before it looks at any JSON: which kind it is, and its body as text.

`handler.app` and `handler.api.routes` call it. Powertools parses the rest of the event; its own `decoded_body` is not
used, because it takes wrong base64 in silence.
"""

import base64
import binascii
import codecs
from collections.abc import Mapping
from typing import Any, Literal, cast

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent, APIGatewayProxyEventV2
from aws_lambda_powertools.utilities.data_classes.common import BaseProxyEvent

from handler.api.http.content_coding import GZIP_MAGIC, content_coding, unpacked
from handler.errors.request import RequestTooLarge, UndecodableBody, UnsupportedEvent, UnsupportedMediaType

PAYLOAD_BYTES = 6 * 1024 * 1024
"""What a synchronous invocation takes and returns (AWS Lambda Developer Guide, "Lambda quotas", invocation payload)."""

LOGGED = 300
"""The characters of a method or a path that are logged; what is longer was made to be."""


def payload_version(event: object) -> Literal["1.0", "2.0"]:
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


def parsed_event(event: dict[str, Any]) -> BaseProxyEvent:
    """`event` as Powertools reads its kind; raises UnsupportedEvent."""
    kind = APIGatewayProxyEventV2 if payload_version(event) == "2.0" else APIGatewayProxyEvent
    return kind(event)


def origin_of(event: Mapping[str, Any]) -> str | None:
    """The header Origin, by which a browser names the page that asks; None where there is none."""
    headers = event.get("headers")
    named = headers.items() if isinstance(headers, Mapping) else ()
    return next((value for name, value in named if name.lower() == "origin" and isinstance(value, str)), None)


def method_and_path(event: object) -> tuple[str, str] | tuple[None, None]:
    """What the log says was asked for, cut to a length that a log line can bear; None twice for no HTTP event."""
    try:
        version = payload_version(event)
    except UnsupportedEvent:
        return None, None
    fields = cast(Mapping[str, Any], event)
    if version == "2.0":
        return fields["requestContext"]["http"]["method"][:LOGGED], fields["rawPath"][:LOGGED]
    return fields["httpMethod"][:LOGGED], fields["path"][:LOGGED]


def json_text(event: BaseProxyEvent) -> str:
    """The body of a request that should hold JSON: decoded, unpacked, without a byte order mark.

    Raises UnsupportedMediaType, UndecodableBody, or RequestTooLarge above PAYLOAD_BYTES. A request without
    a Content-Type is taken to be JSON.
    """
    _require_json(event.headers.get("content-type") or "application/json")
    coding = content_coding(event.headers.get("content-encoding") or "")
    body = event.get("body") or ""
    if not isinstance(body, str):
        raise UndecodableBody(f"The event's body must be text, not {type(body).__name__}.")
    if event.get("isBase64Encoded"):
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
            raise UndecodableBody(
                "The body must be UTF-8; gzip is told by the header Content-Encoding: gzip."
            ) from None
        marked = f", or {coding}, by which it is marked" if coding else ""
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
