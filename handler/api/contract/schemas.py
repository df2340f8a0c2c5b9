"""The JSON Schemas in the service's contract: rows, answers and errors, as the served model has them.

What a request may hold is closed, since the handler refuses the rest; what an answer holds is open, since it may gain
names later.
"""

from typing import Any, get_args

from handler.api.contract.row_values import described_feature, row_value
from handler.api.contract.schema_parts import TEXT, answer_object, list_of, or_null, ref, request_object
from handler.errors.base import MAX_PROBLEMS
from handler.records.signature import Task
from handler.registry.manifest import Manifest


def schemas(manifest: Manifest, *, answered: bool = True) -> dict[str, Any]:
    """`components.schemas` of a service that serves `manifest`; `answered` says whether its example has an answer."""
    values = {feature.name: row_value(feature) for feature in manifest.features}
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
        "Feature": described_feature(),
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
