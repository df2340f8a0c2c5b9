"""The parts that the contract's JSON Schemas are put together from."""

from typing import Any

TEXT = {"type": "string"}


def answer_object(properties: dict[str, Any], required: list[str] | None = None) -> dict[str, Any]:
    """An answer's object. Open: it may gain names later, which clients should pass over."""
    return {"type": "object", "properties": properties, "required": list(properties) if required is None else required}


def request_object(properties: dict[str, Any]) -> dict[str, Any]:
    """A request's object: all of these names, and no other is taken."""
    return {**answer_object(properties), "additionalProperties": False}


def list_of(schema: str) -> dict[str, Any]:
    """A list of any length of what `schema` of the components describes."""
    return {"type": "array", "items": ref(schema)}


def or_null(schema: dict[str, Any] | None) -> dict[str, Any]:
    """`schema`, or null; null alone where there is no schema."""
    return {"anyOf": [schema, {"type": "null"}]} if schema else {"type": "null"}


def ref(schema: str) -> dict[str, str]:
    """What `schema` of the components describes."""
    return {"$ref": f"#/components/schemas/{schema}"}
