"""The JSON Schemas of a row's values, one for each kind of feature, and of a feature as clients see it.

A schema allows just what `handler.api.body` takes of a feature.
"""

from typing import Any, get_args

from handler.api.contract.schema_parts import TEXT, answer_object, or_null
from handler.records.signature import Feature, Gap, Kind
from handler.rows.domain import LARGEST, bounds


def row_value(feature: Feature) -> dict[str, Any]:
    """What a row may hold for `feature`."""
    if feature.kind == "category" and feature.allow_unknown:
        return {"type": ["string", "null"] if feature.nullable else "string"}
    if feature.kind == "category":
        return {"enum": [*feature.categories, *([None] if feature.nullable else [])]}
    if feature.domain is not None and feature.domain.values:
        return {"enum": [*feature.domain.values, *([None] if feature.nullable else [])]}
    value: dict[str, Any] = {
        "type": ["number", "null"] if feature.nullable else "number",
        "minimum": -LARGEST,
        "maximum": LARGEST,
    }
    value |= bounds(feature.domain) if feature.domain is not None else {}
    if feature.minimum is not None and feature.maximum is not None:
        value["description"] = f"In training from {feature.minimum:g} to {feature.maximum:g}."
    return value


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
            "gap": {"enum": list(get_args(Gap))},
            "max_length": {"type": ["integer", "null"]},
        }
    )


def _domain() -> dict[str, Any]:
    names = ("minimum", "exclusive_minimum", "maximum", "exclusive_maximum")
    values = {"type": "array", "items": {"type": "number"}}
    return answer_object({"values": values, **{name: {"type": ["number", "null"]} for name in names}})
