"""What needs no key tells nothing of the model, and what shows the model shows no row of a person's."""

import json
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from handler.api.application import Application
from handler.api.routes.table import ROUTES, needs_key
from handler.records.signature import Domain, Feature
from tests import served_models
from tests.conftest import Context
from tests.unit.handler.asking import ask, get_event, http_event, open_application, predict_event, rest_event
from tests.unit.handler.models import Version, version_with

TEMPLATE = Path(__file__).parents[4] / "template.yaml"
MARK = "7f3a9c"
"""Stands in each name of the model that is asked about here, and nowhere else."""

SHELLS = ("/", "/docs", "/docs/", "/docs/swagger-ui.js", "/docs/swagger-ui.css")
FOR_THE_KEY = ("/model", "/health", "/openapi.json", "/report", "/predict", "/nowhere")


def marked() -> Version:
    """A model all of whose names hold MARK."""
    sound = served_models.categories()
    features = tuple(replace(feature, name=f"{MARK} {feature.name}") for feature in sound.manifest.features)
    target = replace(sound.manifest.target, name=f"{MARK} y")
    return sound.changed(name=f"{MARK} name", features=features, target=target, metrics={f"accuracy {MARK}": 0.5})


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An application that serves the marked model, loaded already."""
    version = marked()
    application = open_application(MODEL_URI=str(version.write(tmp_path_factory.mktemp("registry") / "model")))
    assert ask(application, get_event("/health")).status == 200
    return application


@pytest.fixture(scope="module")
def unserved(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An application that has no model to serve."""
    return open_application(MODEL_URI=str(tmp_path_factory.mktemp("registry") / "nothing"))


def whole(application: Application, event: dict[str, Any]) -> str:
    """Everything that is answered: status, headers and body."""
    return json.dumps(application.handle(event, cast(LambdaContext, Context())), ensure_ascii=False)


# --- What the gateway lets through without the key -------------------------------------------------------------------


def test_the_template_asks_for_the_key_everywhere_but_at_the_pages_and_their_files() -> None:
    events = re.findall(r"Path: (\S+)\n +Method: ANY\n( +Auth: \{ApiKeyRequired: false\})?", TEMPLATE.read_text())
    asked = {path: not keyless for path, keyless in events}
    assert asked == {**dict.fromkeys(("/", "/docs", "/docs/{proxy+}"), False), "/{proxy+}": True}
    for path in (*(route.path for route in ROUTES), "/docs/7", "/docs/a/b", "/nowhere", "/docs7"):
        # The gateway takes the most specific of its paths.
        greedy = [known for known in asked if path.startswith(known.partition("{")[0]) and "{" in known]
        taken = path if path in asked else max(greedy, key=len)
        assert asked[taken] == needs_key(path), path


@pytest.mark.parametrize("event", [rest_event, http_event])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", path) for path in SHELLS),
        ("POST", "/"),
        ("PUT", "/docs"),
        ("GET", "/docs/7"),
        ("POST", "/docs/predict"),
    ],
)
def test_what_needs_no_key_tells_nothing_of_the_model(served: Application, event: Any, method: str, path: str) -> None:
    body = json.dumps({"features": [6.0, "red", None, None, 5.0]})
    answer = ask(served, event(body if method != "GET" else None, method=method, path=path))
    assert answer.status == (200 if method == "GET" and path in SHELLS else 404 if path.startswith("/docs/") else 405)
    manifest = served.predictor().manifest
    told = whole(served, event(None, method=method, path=path))
    for secret in (MARK, manifest.version, manifest.artifact.sha256, manifest.training.estimator):
        assert secret not in told
    assert "x-model-version" not in answer.headers


@pytest.mark.parametrize("path", ["/docs/predict", "/v1/docs/predict"])
def test_what_the_gateway_lets_through_below_docs_leads_to_no_other_route(served: Application, path: str) -> None:
    body = json.dumps({"features": [6.0, "red", None, None, 5.0]})
    keyless = {"resource": "/docs/{proxy+}", "pathParameters": {"proxy": "predict"}}
    told = whole(served, {**rest_event(body, path=path), **keyless})
    assert json.loads(told)["statusCode"] == 404
    assert served.predictor().manifest.version not in told


@pytest.mark.parametrize("path", SHELLS)
def test_a_page_is_the_same_for_every_model_and_without_one(
    served: Application, unserved: Application, iris_application: Application, path: str
) -> None:
    answers = [ask(application, get_event(path)) for application in (served, unserved, iris_application)]
    assert {(answer.status, answer.text, json.dumps(answer.headers)) for answer in answers} == {
        (200, answers[0].text, json.dumps(answers[0].headers))
    }


def test_a_page_is_answered_without_a_model_being_asked_for(tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(marked().write(tmp_path / "model")))
    for path in SHELLS:
        assert ask(application, get_event(path)).status == 200
    assert application.holder.served() is None


@pytest.mark.parametrize("path", FOR_THE_KEY)
def test_what_needs_the_key_still_says_which_version_serves(served: Application, path: str) -> None:
    version = served.predictor().manifest.version
    assert ask(served, get_event(path)).headers["x-model-version"] == version


# --- The example is made ---------------------------------------------------------------------------------------------


def shown(application: Application) -> Any:
    return ask(application, get_event("/model")).body["example"]


def row_of(application: Application) -> Any:
    """The row that the contract shows."""
    document = ask(application, get_event("/openapi.json")).body
    examples = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return examples["row"]["value"]["features"]


def opened(version: Version, tmp_path: Path) -> Application:
    return open_application(MODEL_URI=str(version.write(tmp_path / "model")))


@pytest.mark.parametrize("model", ["iris", "categories", "regression"])
def test_the_example_is_made_of_the_middle_of_each_feature_and_is_no_row_of_the_manifest(
    tmp_path: Path, model: str
) -> None:
    version: Version = getattr(served_models, model)()
    application = opened(version, tmp_path)
    made = [
        feature.typical or (feature.quantiles[5] if feature.kind == "number" else feature.categories[0])
        for feature in version.manifest.features
    ]
    assert shown(application)["features"] == row_of(application) == made
    assert made != list(version.manifest.example.features)


@pytest.mark.parametrize("model", ["iris", "categories", "kinds", "regression"])
def test_the_answer_shown_beside_the_example_is_the_model_s_own(tmp_path: Path, model: str) -> None:
    application = opened(getattr(served_models, model)(), tmp_path)
    example = shown(application)
    answer = ask(application, predict_event({"features": example["features"]})).body
    assert example["prediction"] == answer["prediction"]
    assert example["prediction_index"] == answer.get("prediction_index")
    assert example["probabilities"] == answer.get("probabilities")


@given(st.lists(st.floats(-100, 100), min_size=3, max_size=3), st.booleans())
def test_a_held_out_row_is_shown_nowhere(row: list[float], described: bool) -> None:
    rows = np.arange(60.0).reshape(20, 3)
    fitted = Ridge().fit(rows, rows[:, 0])
    features = [Feature(f"x{i}", "number", mean=1.25 if described else None) for i in range(3)]
    version = version_with(fitted, row, features=features)
    with tempfile.TemporaryDirectory() as folder:
        application = opened(version, Path(folder))
        assert ask(application, get_event("/health")).status == 200
    made = [1.25 if described else 0.0] * 3
    assert shown(application)["features"] == row_of(application) == made
    if row != made:
        assert json.dumps(row)[1:-1] not in whole(application, get_event("/model"))
        assert json.dumps(row)[1:-1] not in whole(application, get_event("/openapi.json"))


def test_a_model_that_cannot_answer_the_middle_is_shown_with_a_row_that_it_can_answer(tmp_path: Path) -> None:
    rows = np.linspace(1.0, 9.0, 40).reshape(20, 2)
    logarithm = make_pipeline(FunctionTransformer(np.log), LogisticRegression()).fit(rows, rows[:, 0] > 5)
    version = version_with(logarithm, [4.25, 4.75], classes=("low", "high"))
    example = shown(opened(version, tmp_path))
    assert example["prediction"] in ("low", "high")
    assert example["features"] != [4.25, 4.75]


@pytest.mark.parametrize(
    ("domain", "typical", "shown_as"),
    [
        (Domain(values=(1.0, 3.0)), None, 1.0),
        (Domain(values=(1.0, 3.0)), 3.0, 3.0),
        (Domain(exclusive_minimum=0.0), None, 1.0),
        (Domain(exclusive_minimum=0.0, exclusive_maximum=0.5), None, 0.25),
        (Domain(maximum=-2.0), None, -2.0),
        (Domain(exclusive_maximum=-2.0), None, -3.0),
        (Domain(minimum=-1.0), 7.0, 7.0),
    ],
)
def test_the_example_is_of_values_that_the_model_can_take(
    tmp_path: Path, domain: Domain, typical: float | None, shown_as: float
) -> None:
    fitted = Ridge().fit([[0.0], [1.0]], [0.0, 1.0])
    version = version_with(fitted, [9.75], features=[Feature("x", "number", typical=typical, domain=domain)])
    assert shown(opened(version, tmp_path))["features"] == [shown_as]


def test_a_category_is_shown_by_its_most_frequent_value(tmp_path: Path) -> None:
    sound = served_models.categories()
    features = tuple(
        replace(feature, typical="red") if feature.name == "colour" else feature for feature in sound.manifest.features
    )
    application = opened(sound.changed(features=features), tmp_path)
    assert shown(application)["features"][1] == row_of(application)[1] == "red"


def test_a_model_that_answers_no_made_row_is_shown_without_an_answer(tmp_path: Path) -> None:
    rows = np.linspace(50.0, 90.0, 40).reshape(20, 2)
    narrow = make_pipeline(FunctionTransformer(np.arccosh), Ridge()).fit(rows, rows[:, 0])
    features = [Feature(f"x{i}", "number", minimum=0.0, maximum=0.0, mean=0.0) for i in range(2)]
    application = opened(version_with(narrow, [51.0, 52.0], features=features), tmp_path)
    example = shown(application)
    assert (example["features"], example["prediction"]) == ([0.0, 0.0], None)
    document = ask(application, get_event("/openapi.json")).body
    answered = document["paths"]["/predict"]["post"]["responses"]["200"]["content"]["application/json"]
    assert "examples" not in answered
    prediction = document["components"]["schemas"]["Manifest"]["properties"]["example"]["properties"]["prediction"]
    assert {"type": "null"} in prediction["anyOf"]
