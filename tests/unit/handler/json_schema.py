"""Whether a value fits a JSON Schema, as far as the contract's answers use the language.

A validator, which tests/contract has, knows the rest.
"""

from collections.abc import Mapping
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}


def fits(value: Any, schema: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether `value` is one that `schema`, of the OpenAPI `document`, describes."""
    if "$ref" in schema:
        return fits(value, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document)
    kinds = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    return (
        (not kinds or any(_is(value, kind) for kind in kinds))
        and ("enum" not in schema or value in schema["enum"])
        and ("const" not in schema or value == schema["const"])
        and ("anyOf" not in schema or any(fits(value, one, document) for one in schema["anyOf"]))
        and ("oneOf" not in schema or sum(fits(value, one, document) for one in schema["oneOf"]) == 1)
        and (not isinstance(value, list) or _items_fit(value, schema, document))
        and (not isinstance(value, dict) or _fields_fit(value, schema, document))
    )


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _items_fit(value: list[Any], schema: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    if schema.get("uniqueItems") and len({str(item) for item in value}) < len(value):
        return False
    return len(value) <= schema.get("maxItems", len(value)) and all(
        fits(item, schema.get("items", {}), document) for item in value
    )


def _fields_fit(value: dict[str, Any], schema: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    known = schema.get("properties", {})
    return all(name in value for name in schema.get("required", ())) and all(
        fits(field, known[name], document) for name, field in value.items() if name in known
    )
