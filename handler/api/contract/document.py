"""The service's contract as OpenAPI 3.1, made from the manifest of the model that serves.

`handler.api.routes` imports it when GET /openapi.json is asked for, and no sooner. The schemas allow just what
`handler.api.body.instances` takes: a request that fits them is answered, one that does not is refused, and tests try
thousands of both.
"""

from typing import Any

from handler.api.contract.schemas import list_of, ref, request_object, schemas
from handler.api.contract.shown_example import ShownExample
from handler.api.http.responses import model_summary
from handler.errors.catalogue import OF_FUNCTION, OF_GATEWAY, TITLES, codes
from handler.registry.manifest import Manifest

JSON_TYPE = "application/json"
REQUEST_ID = {"description": "Leads to the request's log.", "schema": {"type": "string"}}
MODEL_VERSION = {"description": "The version that serves, or none.", "schema": {"type": "string"}}
HEADERS = {"X-Request-Id": REQUEST_ID, "X-Model-Version": MODEL_VERSION}


def openapi(manifest: Manifest, max_rows: int, example: ShownExample) -> dict[str, Any]:
    """The OpenAPI document of a service that serves `manifest` and takes up to `max_rows` rows at once.

    `example` stands in it in place of the manifest's own, which are real rows.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{manifest.name}: predictions",
            "version": manifest.version,
            "description": f"{manifest.training.estimator}, {manifest.task} of {manifest.target.name}.",
        },
        # Relative to this document, so that it holds below a stage's prefix and on localhost alike.
        "servers": [{"url": "."}],
        "paths": {
            "/predict": {"post": _predict(manifest, max_rows, example)},
            "/health": {"get": _reads("health", "Whether a model is served, and which", "Health")},
            "/model": {"get": _reads("model", "What the model takes, answers, and was measured at", "Manifest")},
        },
        "components": {
            "schemas": schemas(manifest, answered=example.prediction is not None),
            "responses": {f"Error{status}": _error_response(status) for status in TITLES},
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
        # A deployed stage asks for a key, a function URL or localhost does not; which one this is, the function
        # cannot know.
        "security": [{}, {"apiKey": []}],
    }


def _predict(manifest: Manifest, max_rows: int, example: ShownExample) -> dict[str, Any]:
    row = list(example.features)
    named = {feature.name: value for feature, value in zip(manifest.features, row, strict=True)}
    body = {
        "oneOf": [
            request_object({"features": ref("Row")}),
            request_object({"instances": {**list_of("Row"), "minItems": 1, "maxItems": max_rows}}),
        ]
    }
    return {
        "operationId": "predict",
        "summary": f"Predict {manifest.target.name} for one row or a batch of rows",
        "requestBody": {
            "required": True,
            "content": {
                JSON_TYPE: {
                    "schema": body,
                    "examples": {
                        "row": {"value": {"features": row}},
                        "named": {"value": {"features": named}},
                        "batch": {"value": {"instances": [row, named]}},
                    },
                }
            },
        },
        "responses": {
            "200": {
                "description": "The prediction, or one for each row in order",
                "headers": HEADERS,
                "content": {
                    JSON_TYPE: {
                        "schema": {"oneOf": [ref("OneAnswer"), ref("BatchAnswer")]},
                        **_answer_examples(manifest, example),
                    }
                },
            },
            **_errors(400, 403, 405, 413, 415, 422, 429, 500, 502, 503, 504),
        },
    }


def _reads(operation: str, summary: str, schema: str) -> dict[str, Any]:
    answered = {"description": summary, "headers": HEADERS, "content": {JSON_TYPE: {"schema": ref(schema)}}}
    errors = _errors(403, 405, 429, 500, 502, 503, 504)
    return {"operationId": operation, "summary": summary, "responses": {"200": answered, **errors}}


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


def _errors(*statuses: int) -> dict[str, Any]:
    return {str(status): {"$ref": f"#/components/responses/Error{status}"} for status in statuses}


def _answer_examples(manifest: Manifest, example: ShownExample) -> dict[str, Any]:
    if example.prediction is None:
        return {}
    answer = {name: value for name, value in vars(example).items() if name != "features" and value is not None}
    one = {**answer, "model": model_summary(manifest)}
    batch = {"predictions": [answer] * 2, "model": model_summary(manifest)}
    return {"examples": {"row": {"value": one}, "batch": {"value": batch}}}
