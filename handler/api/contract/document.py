"""The service's contract as OpenAPI 3.1, made from the manifest of the model that serves.

What it says of each route is made beside the route. The schemas allow just what `handler.api.body` takes: a request
that fits them is answered, one that does not is refused, and tests try thousands of both.
"""

from typing import Any

from handler.api.contract.operations import HEADERS, JSON_TYPE, DescribedService
from handler.api.contract.schema_parts import ref
from handler.api.contract.schemas import schemas
from handler.errors.catalogue import OF_FUNCTION, OF_GATEWAY, TITLES, codes


def openapi(service: DescribedService, paths: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The OpenAPI document of `service`, which has these operations by path and method."""
    manifest = service.manifest
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{manifest.name}: predictions",
            "version": manifest.version,
            "description": f"{manifest.training.estimator}, {manifest.task} of {manifest.target.name}.",
        },
        # Relative to this document, so that it holds below a stage's prefix and on localhost alike.
        "servers": [{"url": "."}],
        "paths": paths,
        "components": {
            "schemas": schemas(manifest, answered=service.example.prediction is not None),
            "responses": {f"Error{status}": _error_response(status) for status in TITLES},
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
        # A deployed stage asks for a key, a function URL or localhost does not; which one this is, the function
        # cannot know.
        "security": [{}, {"apiKey": []}],
    }


def _error_response(status: int) -> dict[str, Any]:
    own = codes(OF_FUNCTION, status)
    schema = {"allOf": [ref("Error"), {"properties": {"code": {"enum": sorted(own | codes(OF_GATEWAY, status))}}}]}
    extra = {503: ("Retry-After", "integer"), 429: ("Retry-After", "integer"), 405: ("Allow", "string")}
    headers = {extra[status][0]: {"schema": {"type": extra[status][1]}}} if status in extra else {}
    return {
        "description": TITLES[status],
        "headers": {**(HEADERS if own else {}), **headers},
        "content": {JSON_TYPE: {"schema": schema}},
    }
