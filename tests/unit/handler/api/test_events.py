"""events/: the function answers each file of the corpus as the one table of answers says, on the way Lambda takes."""

import base64
import json
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from handler.api.application import Application
from handler.registry.alias import Alias
from tests.events_expected import EVENTS, EXPECTED, read_event
from tests.unit.handler.asking import Answer, ask, open_application

CLASSES = ("setosa", "versicolor", "virginica")
PREDICTED = sorted(name for name, expected in EXPECTED.items() if expected.predictions)


@pytest.fixture(scope="module")
def application(iris_registry: Path) -> Application:
    """The application over a registry that `publish` and `promote` made."""
    return open_application(MODEL_URI=str(iris_registry))


def predictions(answer: Answer) -> list[dict[str, Any]]:
    """What was answered for each row."""
    rows: list[dict[str, Any]] = answer.body.get("predictions", [answer.body])
    return rows


def instances(event: dict[str, Any]) -> list[list[float]]:
    """The rows that an event asks for, in the order of the model's features."""
    body = json.loads(base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"])
    names = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
    rows = body["instances"] if "instances" in body else [body["features"]]
    return [[row[name] for name in names] if isinstance(row, dict) else row for row in rows]


def test_every_event_has_its_answer_in_the_table_and_every_answer_its_event() -> None:
    assert {path.stem for path in EVENTS.glob("*")} == set(EXPECTED)
    assert {path.suffix for path in EVENTS.glob("*")} == {".json"}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_event_is_answered_as_the_table_says(application: Application, name: str) -> None:
    expected = EXPECTED[name]
    answer = ask(application, read_event(name))
    assert (answer.status, answer.body.get("code")) == (expected.status, expected.code), answer.text
    if expected.predictions:
        assert tuple(row["prediction"] for row in predictions(answer)) == expected.predictions


@pytest.mark.parametrize("name", PREDICTED)
def test_each_prediction_is_the_published_estimator_s_own(
    application: Application, iris_registry: Path, name: str
) -> None:
    event = read_event(name)
    answered = predictions(ask(application, event))
    (artifact,) = iris_registry.glob("versions/*/model.joblib")
    estimator = joblib.load(artifact)
    rows = np.array(instances(event), dtype=np.float64)
    assert [row["prediction_index"] for row in answered] == estimator.predict(rows).tolist()
    assert [row["prediction"] for row in answered] == [CLASSES[row["prediction_index"]] for row in answered]
    probabilities = [[row["probabilities"][name] for name in CLASSES] for row in answered]
    np.testing.assert_array_equal(probabilities, estimator.predict_proba(rows))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_answer_says_which_version_serves(application: Application, iris_registry: Path, name: str) -> None:
    alias = Alias.from_json((iris_registry / "aliases" / "production.json").read_bytes())
    ask(application, read_event("health_rest_api"))
    answer = ask(application, read_event(name))
    assert answer.headers["x-model-version"] == alias.version
    if answer.status == 200 and not name.startswith("model"):
        model = answer.body["model"]
        assert (model["name"], model["version"]) == ("iris", alias.version)
        assert alias.version.endswith(model["sha256"][:8])


@pytest.mark.parametrize("name", PREDICTED)
def test_a_batch_is_answered_as_a_batch_and_one_row_as_one(application: Application, name: str) -> None:
    body = ask(application, read_event(name)).body
    body.pop("warnings", None)
    row = {"prediction", "prediction_index", "probabilities"}
    if "instances" in name:
        assert set(body) == {"predictions", "model"}
        assert all(set(answer) == row for answer in body["predictions"])
    else:
        assert set(body) == row | {"model"}
