"""Faults that were found in handler/ once, and stay mended: each test states the property that did not hold."""

import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeRegressor

from handler.api.application import Application
from handler.errors.model import InvalidManifest, InvalidSettings, ModelUnavailable, SelfTestFailed, UnloadableArtifact
from handler.records.signature import Example, Feature
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from handler.serving.holder import ModelHolder
from handler.serving.predictor import load_predictor
from handler.settings import Settings
from tests.unit.handler.asking import ask, assert_refused, get_event, open_application, predict_event
from tests.unit.handler.models import Version, estimator_of, version_with
from tests.unit.handler.serving.test_predictor import NAMES, ROW, X, Y, attributes_named_n_jobs

SECRET = "swordfish-4711"


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("row", [[1e308] * 4, [1e308, -1e308, 1e308, -1e308]])
def test_numbers_that_a_float_holds_never_give_a_5xx(iris_application: Application, row: list[float]) -> None:
    assert ask(iris_application, predict_event({"features": row})).status < 500


def test_numbers_beyond_float32_never_give_a_5xx_from_a_tree(tmp_path: Path) -> None:
    tree = DecisionTreeRegressor().fit([[1.0], [2.0]], [1.0, 2.0])
    application = open_application(MODEL_URI=str(version_with(tree, (1.0,)).write(tmp_path)))
    assert ask(application, predict_event({"features": [1e39]})).status < 500


@pytest.mark.parametrize("uri", ["~no-such-user/iris", "file:///srv/a%00b", "s3://[x/iris", "file://[x/iris"])
def test_a_uri_that_cannot_be_read_is_invalid_settings(uri: str) -> None:
    assert ask(open_application(MODEL_URI=uri), get_event("/health")).status == 503


def test_a_row_limit_of_more_digits_than_int_takes_is_invalid_settings() -> None:
    with pytest.raises(InvalidSettings):
        Settings.from_env({"MODEL_URI": "m", "MAX_ROWS": "9" * 5000})


@pytest.mark.parametrize("digits", ["1e999", "-1e999", "1" + "0" * 400])
def test_a_number_that_no_float_holds_is_an_invalid_manifest(iris_manifest: Manifest, digits: str) -> None:
    document = asdict(iris_manifest) | {"metrics": {"accuracy": "@"}}
    with pytest.raises(InvalidManifest):
        Manifest.from_json(json.dumps(document).replace('"@"', digits))


@pytest.mark.parametrize(
    "event",
    [
        {"version": "2.0", "rawPath": "/predict", "requestContext": {"http": {}}},
        {"version": "2.0", "rawPath": "/predict", "requestContext": {"http": {"method": "POST", "path": "/predict"}}},
        {"version": "2.0", "rawPath": None, "requestContext": {"stage": "s", "http": {"method": "GET", "path": "/"}}},
    ],
)
def test_an_event_that_lacks_a_part_is_a_400(iris_application: Application, event: dict[str, Any]) -> None:
    assert ask(iris_application, event).status == 400


def test_a_body_that_is_no_string_is_a_400(iris_application: Application) -> None:
    event = predict_event({}) | {"body": 123, "isBase64Encoded": True}
    assert ask(iris_application, event).status == 400


def test_a_remembered_failure_keeps_nothing_of_the_requests_that_it_refused() -> None:
    application = open_application()
    application.holder.start()
    depths = []
    for _ in range(30):
        ask(application, predict_event({"features": [1.0]}))
        with pytest.raises(ModelUnavailable) as caught:
            application.holder.predictor()
        depth, trace = 0, caught.value.__traceback__
        while trace:
            depth, trace = depth + 1, trace.tb_next
        depths.append(depth)
    assert depths[-1] <= depths[1] + 1


def test_the_wait_stays_at_its_bound_after_any_number_of_failures() -> None:
    now = [0.0]

    def load(_: Any) -> Any:
        raise ModelUnavailable("out of reach")

    environment = ModelHolder(load, 60, clock=lambda: now[0])
    for _ in range(1100):
        environment.start()
        now[0] += 31
    assert environment.retry_after() <= 30


@pytest.mark.parametrize("thing", [{"model": 1}, [1, 2], "text", 5, None])
def test_verified_bytes_that_hold_no_estimator_are_unloadable(thing: Any) -> None:
    version = version_with(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), (1.0,))
    buffer = io.BytesIO()
    joblib.dump(thing, buffer)
    with pytest.raises((UnloadableArtifact, SelfTestFailed)):
        load_predictor(VerifiedArtifact(version.manifest, buffer.getvalue()))


def test_every_fitted_part_of_a_calibrated_classifier_runs_on_one_core() -> None:
    forest = RandomForestClassifier(n_estimators=3, n_jobs=2)
    with joblib.parallel_config(backend="threading"):
        estimator = CalibratedClassifierCV(forest, cv=2).fit(X, Y)
        version = version_with(estimator, ROW, classes=NAMES)
    assert {jobs for _, jobs in attributes_named_n_jobs(estimator_of(version.load()))} <= {1}


def test_a_batch_has_as_many_answers_as_rows_or_the_model_is_refused() -> None:
    estimator = LinearRegression().fit(X[:, :2], X[:, 2:])
    version = version_with(estimator, ROW[:2], example=Example(ROW[:2], float(estimator.predict([ROW[:2]])[0, 0])))
    try:
        predictor = version.load()
    except ModelUnavailable:
        return
    assert len(predictor.predict(X[:5, :2])) == 5


def test_a_failed_self_test_tells_no_feature_values(
    tmp_path: Path, iris_version: Version, capsys: pytest.CaptureFixture[str]
) -> None:
    features = (61234.5678, 2.0, 3.0, 4.0)
    example = iris_version.manifest.example
    spoilt = iris_version.changed(example=Example(features, example.prediction, example.prediction_index, None))
    application = open_application(MODEL_URI=str(spoilt.write(tmp_path / "m")), POWERTOOLS_SERVICE_NAME=str(tmp_path))
    assert_refused(ask(application, get_event("/health")), 503, "self_test_failed")
    assert "61234.5678" not in capsys.readouterr().out


def test_an_estimator_s_error_does_not_carry_a_client_s_value_into_the_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features = (Feature("colour", "category", categories=("blue", "red", SECRET)),)
    encoder = ColumnTransformer([("colour", OneHotEncoder(), [0])])
    estimator = make_pipeline(encoder, LogisticRegression()).fit(np.array([["blue"], ["red"]], dtype=object), [0, 1])
    version = version_with(estimator, ("blue",), classes=("no", "yes"), features=features)
    application = open_application(MODEL_URI=str(version.write(tmp_path / "m")), POWERTOOLS_SERVICE_NAME=str(tmp_path))
    assert_refused(ask(application, predict_event({"features": [SECRET]})), 422, "refused_by_model")
    assert SECRET not in capsys.readouterr().out


def test_a_version_has_ascii_digits() -> None:
    from handler.registry.manifest import is_version

    assert not is_version("\u0662\u0660260131T235959Z-0123abcd")


def test_a_fault_inside_the_probabilities_is_told_with_its_place(iris_manifest: Manifest) -> None:
    document = json.loads(iris_manifest.to_json())
    document["example"]["probabilities"]["setosa"] = "0"
    with pytest.raises(InvalidManifest, match=r"example\.probabilities\.setosa must be a number"):
        Manifest.from_json(json.dumps(document))
