"""The JSON Schemas in the service's contract: rows, answers and errors, as the served model has them.

What a request may hold is closed, since the handler refuses the rest; what an answer holds is open, since it may gain
names later.
"""

from typing import Any, get_args

from handler.errors.base import MAX_PROBLEMS
from handler.records.signature import Feature, Gap, Kind, Task
from handler.registry.manifest import Manifest
from handler.rows.domain import LARGEST, bounds

TEXT = {"type": "string"}


def schemas(manifest: Manifest, *, answered: bool = True) -> dict[str, Any]:
    """`components.schemas` of a service that serves `manifest`; `answered` says whether its example has an answer."""
    values = {feature.name: _value(feature) for feature in manifest.features}
    prediction = _prediction(manifest)
    required = [name for name in prediction if name != "probabilities"]
    problem = {"row": {"type": "integer"}, "feature": {"type": ["string", "null"]}, "problem": TEXT}
    warnings = {
        **list_of("Problem"),
        "maxItems": MAX_PROBLEMS,
        "description": "Values outside the range that training saw, the first ones: answered, but extrapolated.",
    }
    of_batch = {"predictions": list_of("Prediction"), "model": ref("Model"), "warnings": warnings}
    return {
        "Row": {
            "description": "One value for each feature: in order, or by name.",
            "oneOf": [
                {
                    "type": "array",
                    "prefixItems": list(values.values()),
                    "items": False,
                    "minItems": len(values),
                    "maxItems": len(values),
                },
                request_object(values),
            ],
        },
        "Prediction": answer_object(prediction, required),
        "OneAnswer": answer_object({**prediction, "model": ref("Model"), "warnings": warnings}, [*required, "model"]),
        "BatchAnswer": answer_object(of_batch, ["predictions", "model"]),
        "Model": answer_object(dict.fromkeys(("name", "version", "sha256"), TEXT)),
        "Health": answer_object({"status": {"const": "ok"}, "model": ref("Model")}),
        "Manifest": _manifest(prediction, answered),
        "Feature": _feature(),
        "Problem": answer_object(problem),
        "Error": answer_object(
            {
                "error": TEXT,
                "code": TEXT,
                "request_id": TEXT,
                "details": {**list_of("Problem"), "maxItems": MAX_PROBLEMS},
            }
        ),
    }


def _manifest(prediction: dict[str, Any], answered: bool) -> dict[str, Any]:
    # A regression's example has null where a classification's has a class's index and shares.
    predicted = prediction["prediction"]
    example = {"features": {"type": "array"}, "prediction": predicted if answered else or_null(predicted)}
    example |= {name: or_null(prediction.get(name)) for name in ("prediction_index", "probabilities")}
    return answer_object(
        {
            "format_version": {"type": "integer"},
            **dict.fromkeys(("name", "version", "created_at", "sha256", "estimator", "report"), TEXT),
            "task": {"enum": list(get_args(Task))},
            "features": list_of("Feature"),
            "target": answer_object(
                {"name": TEXT, "classes": {"type": "array", "items": TEXT}, "spread": {"type": ["number", "null"]}}
            ),
            "metrics": {"type": "object", "additionalProperties": {"type": "number"}},
            "runtime": {"type": "object", "additionalProperties": TEXT},
            "example": answer_object(example),
        }
    )


def _feature() -> dict[str, Any]:
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


def _value(feature: Feature) -> dict[str, Any]:
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


def _prediction(manifest: Manifest) -> dict[str, Any]:
    if manifest.task == "regression":
        return {"prediction": {"type": "number"}}
    classes = list(manifest.target.classes)
    # Without bounds: the last digit of a sum may carry a share beyond them.
    share = {"type": "number", "description": "From 0 to 1, but for rounding."}
    return {
        "prediction": {"enum": classes},
        "prediction_index": {"type": "integer", "minimum": 0, "maximum": len(classes) - 1},
        "probabilities": answer_object(dict.fromkeys(classes, share)),
    }


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
