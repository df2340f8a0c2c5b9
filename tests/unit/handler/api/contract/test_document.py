"""`handler.api.contract.document`: the contract says what the service does. That it is valid, and holds, tests/contract
shows."""

import json
from typing import Any

import pytest

from handler.api.application import Application
from handler.api.contract.shown_example import ShownExample
from handler.api.routes.contract import contract_of
from handler.api.routes.table import ROUTES
from handler.records.signature import Domain, Feature
from handler.rows.domain import LARGEST
from tests import served_models
from tests.unit.handler.asking import ask, get_event, open_application, predict_event
from tests.unit.handler.models import Version


@pytest.fixture(scope="module", params=["iris", "categories", "kinds", "regression"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An application that serves one of each kind of model."""
    root = tmp_path_factory.mktemp("registry") / "model"
    iris: Version = request.getfixturevalue("iris_version")
    version = iris if request.param == "iris" else getattr(served_models, request.param)()
    return open_application(MODEL_URI=str(version.write(root)), MAX_ROWS="7")


def contract(application: Application) -> Any:
    return ask(application, get_event("/openapi.json")).body


def predict_of(document: Any) -> Any:
    return document["paths"]["/predict"]["post"]


def examples(body: Any) -> dict[str, Any]:
    return {name: example["value"] for name, example in body["content"]["application/json"]["examples"].items()}


def close_to(answer: Any) -> Any:
    """`answer`, its numbers to twelve digits: a batch and one row may differ in the last ones."""
    return json.loads(json.dumps(answer), parse_float=lambda digits: f"{float(digits):.12g}")


def test_every_example_of_a_request_is_answered_by_the_example_of_its_answer(served: Application) -> None:
    document = contract(served)
    requests = examples(predict_of(document)["requestBody"])
    answers = examples(predict_of(document)["responses"]["200"])
    assert set(requests) == {"row", "named", "batch"}
    for name, request in requests.items():
        answered = ask(served, predict_event(request))
        assert answered.status == 200
        assert close_to(answered.body) == close_to(answers["batch" if name == "batch" else "row"])


def described(answer: Any, schema: Any, document: Any) -> None:
    """Fail where an answer has a name that the contract has not: no validator would, for answers' schemas are open."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if isinstance(answer, list):
        for item in answer:
            described(item, schema.get("items", {}), document)
    elif isinstance(answer, dict) and "properties" in schema:
        assert set(answer) <= set(schema["properties"])
        assert set(schema["required"]) <= set(answer)
        for name, value in answer.items():
            described(value, schema["properties"][name], document)


def test_every_name_of_an_answer_is_in_the_contract(served: Application) -> None:
    document = contract(served)
    for path in ("/health", "/model"):
        schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        described(ask(served, get_event(path)).body, schema, document)
    manifest = served.predictor().manifest
    row = [
        1e9 if feature.kind == "number" else value
        for feature, value in zip(manifest.features, manifest.example.features, strict=True)
    ]
    for request, form in (({"features": row}, "OneAnswer"), ({"instances": [row]}, "BatchAnswer")):
        answered = ask(served, predict_event(request)).body
        assert answered["warnings"]
        described(answered, document["components"]["schemas"][form], document)
    refused = ask(served, predict_event({"features": []})).body
    described(refused, document["components"]["schemas"]["Error"], document)


def test_the_rows_are_those_that_the_service_takes(served: Application) -> None:
    document, features = contract(served), served.predictor().manifest.features
    ordered, named = document["components"]["schemas"]["Row"]["oneOf"]
    assert (ordered["minItems"], ordered["maxItems"], ordered["items"]) == (len(features), len(features), False)
    assert list(named["properties"]) == named["required"] == [feature.name for feature in features]
    assert list(named["properties"].values()) == ordered["prefixItems"]
    batch = predict_of(document)["requestBody"]["content"]["application/json"]["schema"]["oneOf"][1]
    assert batch["properties"]["instances"]["maxItems"] == 7


def test_a_value_is_described_by_its_kind_its_gaps_and_its_range(iris_version: Version) -> None:
    features = (
        Feature("zero", "number", minimum=0.0, maximum=0.0),
        Feature("plain", "number"),
        Feature("gaps", "number", nullable=True, minimum=-1.0, maximum=2.0),
        Feature("colour", "category", nullable=True, categories=("red", "blue")),
        Feature("code", "number", nullable=True, domain=Domain(values=(1.0, 3.0))),
        Feature("logged", "number", domain=Domain(exclusive_minimum=-1.0, maximum=5.0)),
        Feature("member", "boolean"),
        Feature("class", "category", categories=(1, 2)),
        Feature("shop", "category", nullable=True, categories=(1, 2), allow_unknown=True),
        Feature("shade", "category", nullable=True, categories=("dark",), allow_unknown=True),
        Feature("remark", "text", nullable=True, max_length=9),
        Feature("story", "text"),
    )
    example = ShownExample((0.0, 1.0, None, "red", 3.0, 0.0, True, 1, None, None, None, ""), "setosa", 0, None)
    document = contract_of(ROUTES, iris_version.changed(features=features).manifest, 1, example)
    bounds = {"minimum": -LARGEST, "maximum": LARGEST}
    assert document["components"]["schemas"]["Row"]["oneOf"][1]["properties"] == {
        "zero": {"type": "number", **bounds, "description": "In training from 0 to 0."},
        "plain": {"type": "number", **bounds},
        "gaps": {"type": ["number", "null"], **bounds, "description": "In training from -1 to 2."},
        "colour": {"enum": ["red", "blue", None]},
        "code": {"enum": [1.0, 3.0, None]},
        "logged": {"type": "number", **bounds, "exclusiveMinimum": -1.0, "maximum": 5.0},
        "member": {"type": "boolean"},
        "class": {"enum": [1, 2]},
        "shop": {"type": ["integer", "null"], "minimum": -(2**53), "maximum": 2**53},
        "shade": {"type": ["string", "null"]},
        "remark": {"type": ["string", "null"], "maxLength": 9},
        "story": {"type": "string"},
    }


def test_a_path_that_answers_json_is_in_the_contract_and_no_other(served: Application) -> None:
    document = contract(served)
    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    pages = {
        ("GET", path)
        for path in ("/", "/report", "/docs", "/docs/swagger-ui.js", "/docs/swagger-ui.css", "/openapi.json")
    }
    assert told == {(route.method, route.path) for route in ROUTES} - pages
