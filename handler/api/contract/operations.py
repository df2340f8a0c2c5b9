"""The service that a contract describes, and the parts that the operations of its routes share."""

from dataclasses import dataclass
from typing import Any

from handler.api.contract.shown_example import ShownExample
from handler.registry.manifest import Manifest

JSON_TYPE = "application/json"
REQUEST_ID = {"description": "Leads to the request's log.", "schema": {"type": "string"}}
MODEL_VERSION = {"description": "The version that serves, or none.", "schema": {"type": "string"}}
HEADERS = {"X-Request-Id": REQUEST_ID, "X-Model-Version": MODEL_VERSION}


@dataclass(frozen=True)
class DescribedService:
    """A service that serves `manifest` and takes up to `max_rows` rows at once.

    `example` is shown in place of the manifest's own, which are real rows.
    """

    manifest: Manifest
    max_rows: int
    example: ShownExample


def reads(operation: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    """An operation that is called without a body and answers what `schema` describes."""
    answered = {"description": summary, "headers": HEADERS, "content": {JSON_TYPE: {"schema": schema}}}
    return {
        "operationId": operation,
        "summary": summary,
        "responses": {"200": answered, **errors(403, 405, 429, 500, 502, 503, 504)},
    }


def errors(*statuses: int) -> dict[str, Any]:
    """The errors that an operation may answer with."""
    return {str(status): {"$ref": f"#/components/responses/Error{status}"} for status in statuses}
