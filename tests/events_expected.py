"""What the function answers to each file of events/, with the Iris model of the lesson served.

The unit tests, the built package and `sam local invoke` all answer the same corpus; this table is the one place that
says how.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parent.parent / "events"


@dataclass(frozen=True)
class ExpectedAnswer:
    """The status; for an error its code; for one row its prediction, for a batch all of them."""

    status: int
    code: str | None = None
    predictions: tuple[str, ...] = ()


EXPECTED: dict[str, ExpectedAnswer] = {
    "direct_invocation": ExpectedAnswer(400, "unsupported_event"),
    "health_http_api": ExpectedAnswer(200),
    "health_rest_api": ExpectedAnswer(200),
    "model_http_api": ExpectedAnswer(200),
    "model_rest_api": ExpectedAnswer(200),
    "predict_base64": ExpectedAnswer(200, predictions=("versicolor",)),
    "predict_boolean_value": ExpectedAnswer(422, "invalid_features"),
    "predict_duplicate_name": ExpectedAnswer(422, "invalid_features"),
    "predict_empty_instances": ExpectedAnswer(400, "invalid_body"),
    "predict_features": ExpectedAnswer(200, predictions=("versicolor",)),
    "predict_features_and_instances": ExpectedAnswer(400, "invalid_body"),
    "predict_features_named": ExpectedAnswer(200, predictions=("versicolor",)),
    "predict_form": ExpectedAnswer(415, "unsupported_media_type"),
    "predict_function_url": ExpectedAnswer(200, predictions=("versicolor",)),
    "predict_http_api": ExpectedAnswer(200, predictions=("versicolor",)),
    "predict_http_api_base64": ExpectedAnswer(200, predictions=("versicolor",)),
    "predict_http_api_missing_features": ExpectedAnswer(400, "invalid_body"),
    "predict_http_api_wrong_method": ExpectedAnswer(405, "wrong_method"),
    "predict_infinity": ExpectedAnswer(400, "invalid_json"),
    "predict_instances": ExpectedAnswer(200, predictions=("versicolor", "setosa", "virginica")),
    "predict_missing_features": ExpectedAnswer(400, "invalid_body"),
    "predict_missing_name": ExpectedAnswer(422, "invalid_features"),
    "predict_nan": ExpectedAnswer(400, "invalid_json"),
    "predict_no_body": ExpectedAnswer(400, "invalid_json"),
    "predict_not_an_object": ExpectedAnswer(400, "invalid_body"),
    "predict_not_json": ExpectedAnswer(400, "invalid_json"),
    "predict_null_value": ExpectedAnswer(422, "invalid_features"),
    "predict_overflow": ExpectedAnswer(400, "invalid_json"),
    "predict_ragged_rows": ExpectedAnswer(422, "invalid_features"),
    "predict_string_value": ExpectedAnswer(422, "invalid_features"),
    "predict_too_many_rows": ExpectedAnswer(413, "too_many_rows"),
    "predict_unknown_name": ExpectedAnswer(422, "invalid_features"),
    "predict_wrong_base64": ExpectedAnswer(400, "undecodable_body"),
    "predict_wrong_count": ExpectedAnswer(422, "invalid_features"),
    "predict_wrong_method": ExpectedAnswer(405, "wrong_method"),
    "unknown_path_http_api": ExpectedAnswer(404, "unknown_path"),
    "unknown_path_rest_api": ExpectedAnswer(404, "unknown_path"),
}


def read_event(name: str) -> dict[str, Any]:
    """The event of this name, as Lambda would hand it over."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text())
    return event
