"""POST /predict: what the model says of one row, or of a batch of rows."""

import time
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from handler.api.body.instances import parse_body, to_rows
from handler.api.http.event import json_text
from handler.api.http.responses import JsonText
from handler.api.routes.model import model_summary
from handler.api.routes.route import Call
from handler.errors.request import TooManyRows
from handler.rows.ranges import outside_training
from handler.telemetry.exchange import Predicted

if TYPE_CHECKING:
    from handler.api.contract.operations import DescribedService

SUMMARY = "A prediction for one row, or for each row of a batch"


def predict(call: Call) -> dict[str, Any]:
    """Read the rows, ask the model, and say which model answered and which values are new to it."""
    instances = parse_body(json_text(call.request))
    most = call.services.max_rows
    if len(instances.rows) > most:
        raise TooManyRows(f"The batch has {len(instances.rows)} rows; at most {most} are allowed. Send it in parts.")
    predictor = call.services.predictor()
    rows = to_rows(instances, predictor.manifest.features)
    began = time.perf_counter()
    found = predictor.ask(rows)
    answers = predictor.text(found) if instances.batch else predictor.plain(found)
    seconds = time.perf_counter() - began
    outside = outside_training(rows, predictor.manifest.features)
    outputs = partial(predictor.outputs, found)
    call.predicted = Predicted(rows, answers, seconds, outside.counts, predictor.manifest, outputs)
    body: dict[str, Any] = {"predictions": JsonText(answers)} if isinstance(answers, str) else {**answers[0]}
    body["model"] = model_summary(predictor.manifest)
    if outside.problems:
        body["warnings"] = [asdict(problem) for problem in outside.problems]
    return body


def operation(service: "DescribedService") -> dict[str, Any]:
    """The route in the contract."""
    from handler.api.contract.operations import HEADERS, JSON_TYPE, errors
    from handler.api.contract.schema_parts import list_of, ref, request_object

    features = service.manifest.features
    row = list(service.example.features)
    named = {feature.name: value for feature, value in zip(features, row, strict=True)}
    schema = {
        "oneOf": [
            request_object({"features": ref("Row")}),
            request_object({"instances": {**list_of("Row"), "minItems": 1, "maxItems": service.max_rows}}),
        ]
    }
    examples = {
        "row": {"value": {"features": row}},
        "named": {"value": {"features": named}},
        "batch": {"value": {"instances": [row, named]}},
    }
    answer = {"schema": {"oneOf": [ref("OneAnswer"), ref("BatchAnswer")]}, **_answer_examples(service)}
    return {
        "operationId": "predict",
        "summary": f"Predict {_predicted(service)} for one row or a batch of rows",
        "requestBody": {"required": True, "content": {JSON_TYPE: {"schema": schema, "examples": examples}}},
        "responses": {
            "200": {
                "description": "The prediction, or one for each row in order",
                "headers": HEADERS,
                "content": {JSON_TYPE: answer},
            },
            **errors(400, 403, 405, 413, 415, 422, 429, 500, 502, 503, 504),
        },
    }


def _predicted(service: "DescribedService") -> str:
    return ", ".join(target.name for target in service.manifest.targets)


def _answer_examples(service: "DescribedService") -> dict[str, Any]:
    """The answers to the examples of a request; nothing where the model has none."""
    if service.example.prediction is None:
        return {}
    shown = vars(service.example).items()
    answer = {name: value for name, value in shown if name != "features" and value is not None}
    model = model_summary(service.manifest)
    one = {**answer, "model": model}
    batch = {"predictions": [answer] * 2, "model": model}
    return {"examples": {"row": {"value": one}, "batch": {"value": batch}}}
