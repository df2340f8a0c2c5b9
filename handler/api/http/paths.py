"""Which of the handler's own paths a request asked for, whatever stands before it.

A custom domain may put a base path before the API's path, and a stage its name. Neither can be recognised in the path
itself, and a path that merely ends like a route is not one. So what counts is what the gateway matched: the resource
or route key, filled in with the path parameters. Without one (function URLs, a `$default` route), the path itself
counts.
"""

from collections.abc import Mapping
from typing import Any


def route_path(event: Mapping[str, Any]) -> str:
    """The path that `event` asks for, as a route has it: without base path, stage, or slashes at its end.

    `event` is one that `handler.api.http.event.payload_version` knows (API Gateway Developer Guide, "Create AWS Lambda
    proxy integrations for HTTP APIs", payload format version).
    """
    asked = asked_path(event)
    template = event.get("resource")
    if event.get("version") == "2.0":
        template = str(event.get("routeKey")).partition(" ")[2]
    matched = _filled(template, event.get("pathParameters"), asked) if isinstance(template, str) else None
    # A regular expression that looks for the slashes at the end takes a time quadratic in their number.
    return (asked if matched is None else matched).rstrip("/") or "/"


def asked_path(event: Mapping[str, Any]) -> str:
    """The path as the client sent it, with a base path, without the stage's name: an HTTP API puts that first."""
    if event.get("version") != "2.0":
        path: str = event["path"]
        return path
    raw: str = event["rawPath"]
    prefix = f"/{event['requestContext']['stage']}"
    # A custom domain leads to a stage without its name in the path.
    return raw[len(prefix) :] if raw == prefix or raw.startswith(f"{prefix}/") else raw


def _filled(template: str, parameters: object, asked: str) -> str | None:
    """`template`, such as `/docs/{proxy+}`, with its parameters' values; None where it is no path or one is missing."""
    if not template.startswith("/"):
        return None
    values = parameters if isinstance(parameters, Mapping) else {}
    parts = template.split("/")
    for index, part in enumerate(parts):
        if part.startswith("{") and part.endswith("}"):
            value = values.get(part[1:-1].removesuffix("+"))
            if not isinstance(value, str) or value == asked:
                # `sam local generate-event apigateway aws-proxy` writes the whole path as the parameter.
                return None
            parts[index] = value
    return "/".join(parts)
