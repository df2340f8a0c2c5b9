"""The service's contract as OpenAPI 3.1, made from the manifest of the model that serves.

What it says of each route is made beside the route. The schemas allow just what `handler.api.body` takes: a request
that fits them is answered, one that does not is refused, and tests try thousands of both.
"""

from typing import Any

from handler.api.contract.operations import HEADERS, JSON_TYPE, DescribedService
from handler.api.contract.schemas import ref, schemas
from handler.errors.base import INTERNAL_ERROR
from handler.errors.catalogue import ANSWERS

TITLES = {
    400: "Not a request of this form",
    403: "No API key, or an unknown one, where the service asks for it",
    404: "No such path",
    405: "The path has other methods",
    413: "Too much for one request",
    415: "Not JSON by its Content-Type, or packed otherwise than as gzip or deflate",
    422: "Well-formed, but not rows of this model",
    429: "Too many requests for this API key",
    500: "A bug of the service",
    502: "The gateway had no answer from the function",
    503: "No model can be served yet",
    504: "The gateway had no answer in time",
}

GATEWAY_CODES = {
    403: ["invalid_api_key", "refused_by_gateway"],
    429: ["quota_exceeded", "throttled"],
    500: ["gateway_error"],
    502: ["gateway_error"],
    504: ["gateway_error"],
}
"""What API Gateway answers by itself, before or in place of the function; template.yaml gives it the same form."""


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
    own = {answer.code for answer in (*ANSWERS.values(), INTERNAL_ERROR) if answer.status == status}
    codes = sorted({*own, *GATEWAY_CODES.get(status, [])})
    schema = {"allOf": [ref("Error"), {"properties": {"code": {"enum": codes}}}]}
    extra = {503: ("Retry-After", "integer"), 429: ("Retry-After", "integer"), 405: ("Allow", "string")}
    headers = {extra[status][0]: {"schema": {"type": extra[status][1]}}} if status in extra else {}
    return {
        "description": TITLES[status],
        "headers": {**(HEADERS if own else {}), **headers},
        "content": {JSON_TYPE: {"schema": schema}},
    }
