"""The JSON Schemas of a row's values, one for each kind of feature, and of a feature as clients see it.

A schema allows just what `handler.api.body` takes of a feature.
"""

from collections.abc import Callable
from typing import Any, get_args

from handler.api.contract.schema_parts import TEXT, answer_object, or_null
from handler.records.signature import Feature, Kind
from handler.rows.domain import LARGEST, LARGEST_CODE, bounds


def row_value(feature: Feature) -> dict[str, Any]:
    """What a row may hold for `feature`."""
    schema = SCHEMAS["code" if feature.is_coded else feature.kind](feature)
    if feature.nullable and "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    return {**schema, "type": [schema["type"], "null"]} if feature.nullable else schema


def _number(feature: Feature) -> dict[str, Any]:
    if feature.domain is not None and feature.domain.values:
        return {"enum": [*feature.domain.values]}
    value: dict[str, Any] = {"type": "number", "minimum": -LARGEST, "maximum": LARGEST}
    value |= bounds(feature.domain) if feature.domain is not None else {}
    if feature.minimum is not None and feature.maximum is not None:
        value["description"] = f"In training from {feature.minimum:g} to {feature.maximum:g}."
    return value


def _category(feature: Feature) -> dict[str, Any]:
    return TEXT if feature.allow_unknown else {"enum": [*feature.categories]}


def _code(feature: Feature) -> dict[str, Any]:
    if feature.allow_unknown:
        return {"type": "integer", "minimum": -LARGEST_CODE, "maximum": LARGEST_CODE}
    return {"enum": [*feature.categories]}


def _boolean(_: Feature) -> dict[str, Any]:
    return {"type": "boolean"}


def _text(feature: Feature) -> dict[str, Any]:
    # JSON Schema counts characters, not bytes ("JSON Schema Validation", 6.3.1), as the handler does.
    return TEXT if feature.max_length is None else {**TEXT, "maxLength": feature.max_length}


SCHEMAS: dict[str, Callable[[Feature], dict[str, Any]]] = {
    "number": _number,
    "category": _category,
    "code": _code,
    "boolean": _boolean,
    "text": _text,
}
"""The schema of each kind's values other than null; a category of whole numbers is a code."""


def described_feature() -> dict[str, Any]:
    """A feature of any model, in what is said of the model."""
    return answer_object(
        {
            "name": TEXT,
            "kind": {"enum": list(get_args(Kind))},
            "nullable": {"type": "boolean"},
            "allow_unknown": {"type": "boolean"},
            **{name: {"type": ["number", "null"]} for name in ("minimum", "maximum", "mean", "std")},
            "quantiles": {"type": "array", "items": {"type": "number"}},
            "categories": {"type": "array", "items": {"type": ["string", "integer"]}},
            "typical": {"type": ["number", "string", "boolean", "null"]},
            "domain": or_null(_domain()),
            "max_length": {"type": ["integer", "null"]},
        }
    )


def _domain() -> dict[str, Any]:
    names = ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum")
    values = {"type": "array", "items": {"type": "number"}}
    return answer_object({"values": values, **{name: {"type": ["number", "null"]} for name in names}})
