"""`handler.app`: routes, headers and errors over both payload versions; what fails on our side stays in the log."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from handler.api.application import Application
from handler.api.contract.shown_example import shown_example
from handler.api.http.event import PAYLOAD_BYTES
from handler.api.routes.model import model_summary, visible_manifest
from handler.api.routes.table import ROUTES
from handler.records.signature import Example, Feature
from handler.serving.predictor import Predictor
from tests.unit.handler.asking import (
    Answer,
    ask,
    assert_refused,
    get_event,
    http_event,
    open_application,
    predict_event,
    rest_event,
)
from tests.unit.handler.models import Version, estimator_of, version_with

ROW = [6.0, 2.5, 4.5, 1.5]
EVENTS = pytest.mark.parametrize("event", [rest_event, http_event])
SECRET = "swordfish-4711"


def serve(version: Version, root: Path, **environ: str) -> Application:
    return open_application(MODEL_URI=str(version.write(root)), **environ)


@EVENTS
def test_health_says_which_model_serves(iris_application: Application, iris_version: Version, event: Any) -> None:
    answer = ask(iris_application, event(None, method="GET", path="/health"))
    assert (answer.status, answer.body) == (200, {"status": "ok", "model": model_summary(iris_version.manifest)})


@EVENTS
def test_model_shows_what_a_client_may_see_of_the_manifest(
    iris_application: Application, iris_version: Version, iris_predictor: Predictor, event: Any
) -> None:
    answer = ask(iris_application, event(None, method="GET", path="/model"))
    assert answer.status == 200
    seen = visible_manifest(iris_version.manifest, shown_example(iris_predictor))
    assert answer.body == json.loads(json.dumps(seen))


@EVENTS
def test_both_payload_versions_get_the_same_answer(iris_application: Application, event: Any) -> None:
    answer = ask(iris_application, event(json.dumps({"features": ROW})))
    assert answer.body == ask(iris_application, predict_event({"features": ROW})).body
    assert (answer.body["prediction"], answer.body["prediction_index"]) == ("versicolor", 1)


@EVENTS
@pytest.mark.parametrize(("method", "path"), [("POST", "/predict"), ("GET", "/health"), ("GET", "/model")])
def test_a_slash_at_the_end_changes_nothing(iris_application: Application, event: Any, method: str, path: str) -> None:
    body = json.dumps({"features": ROW}) if method == "POST" else None
    with_slash, without = (ask(iris_application, event(body, method=method, path=path + end)) for end in ("/", ""))
    assert (with_slash.status, with_slash.body) == (200, without.body)


@EVENTS
@pytest.mark.parametrize("path", ["/predictions", "/predict/1", "/PREDICT", "/health/live", "/favicon.ico", "/..%2f"])
@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_an_unknown_path_is_answered_with_the_paths_there_are(
    iris_application: Application, event: Any, path: str, method: str
) -> None:
    answer = ask(iris_application, event(None, method=method, path=path))
    assert_refused(answer, 404, "unknown_path")
    assert all(f"{route.method} {route.path}" in answer.body["error"] for route in ROUTES)


@EVENTS
@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES}))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_a_wrong_method_is_answered_with_the_right_ones(
    iris_application: Application, event: Any, path: str, method: str
) -> None:
    allowed = {route.method for route in ROUTES if route.path == path}
    allowed |= {"HEAD"} if "GET" in allowed else set()
    if method not in allowed:
        answer = ask(iris_application, event("{}", method=method, path=path))
        assert_refused(answer, 405, "wrong_method")
        assert set(answer.headers["allow"].split(", ")) == allowed


@pytest.mark.parametrize("event", [None, [], "text", 1, {}, {"features": ROW}, {"requestContext": {}}])
def test_what_is_no_http_event_is_a_400_and_no_crash(iris_application: Application, event: Any) -> None:
    assert_refused(ask(iris_application, event), 400, "unsupported_event")


def test_as_many_rows_as_max_rows_are_answered_and_one_more_is_not(tmp_path: Path, iris_version: Version) -> None:
    application = serve(iris_version, tmp_path / "iris", MAX_ROWS="3")
    answer = ask(application, predict_event({"instances": [ROW] * 3}))
    assert (answer.status, len(answer.body["predictions"])) == (200, 3)
    answer = ask(application, predict_event({"instances": [ROW] * 4}))
    assert_refused(answer, 413, "too_many_rows")
    assert "4 rows; at most 3 are allowed" in answer.body["error"]


def test_a_body_larger_than_lambda_takes_is_a_413(iris_application: Application) -> None:
    body = json.dumps({"features": ROW}).ljust(PAYLOAD_BYTES + 1)
    assert_refused(ask(iris_application, rest_event(body)), 413, "request_too_large")


def test_an_answer_larger_than_lambda_returns_is_a_413(tmp_path: Path) -> None:
    classes = tuple(f"{'a long name ' * 40}{index}" for index in range(20))
    rows = np.arange(20.0).reshape(-1, 1)
    application = serve(version_with(KNeighborsClassifier(1).fit(rows, range(20)), (3.0,), classes=classes), tmp_path)
    assert ask(application, predict_event({"instances": [[1.0]] * 100})).status == 200
    answer = ask(application, predict_event({"instances": [[1.0]] * 1000}))
    assert_refused(answer, 413, "response_too_large")


def test_the_details_of_a_422_name_row_feature_and_problem(iris_application: Application) -> None:
    answer = ask(iris_application, predict_event({"instances": [ROW, [*ROW[:3], "x"], ROW[:3]]}))
    assert_refused(answer, 422, "invalid_features")
    assert answer.body["details"] == [
        {"row": 1, "feature": "petal width (cm)", "problem": 'expected a number, got the string "x"'},
        {"row": 2, "feature": None, "problem": "expected 4 values, got 3"},
    ]


def test_what_is_wrong_with_the_request_itself_is_told_even_while_no_model_serves() -> None:
    application = open_application()
    assert_refused(ask(application, rest_event("{")), 400, "invalid_json")
    assert_refused(ask(application, get_event("/nowhere")), 404, "unknown_path")
    assert_refused(ask(application, get_event("/predict")), 405, "wrong_method")
    assert_refused(ask(application, predict_event({"features": ROW})), 503, "invalid_settings")


def test_a_model_that_is_promoted_after_the_start_is_served_once_the_wait_is_over(
    tmp_path: Path, iris_version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handler.serving.holder.FIRST_RETRY_SECONDS", 0.0)
    application = open_application(MODEL_URI=str(tmp_path / "iris"))
    application.holder.start()
    assert_refused(ask(application, get_event("/health")), 503, "registry_not_found")
    iris_version.write(tmp_path / "iris")
    answer = ask(application, get_event("/health"))
    assert answer.status == 200
    assert answer.headers["x-model-version"] == iris_version.manifest.version


def category_model() -> Version:
    """A pipeline that never met a category which its manifest names, and raises on it with its name in the text."""
    features = (Feature("colour", "category", categories=("blue", "red", SECRET)),)
    rows = np.array([["blue"], ["red"]], dtype=object)
    encoder = ColumnTransformer([("colour", OneHotEncoder(), [0])])
    estimator = make_pipeline(encoder, LogisticRegression()).fit(rows, [0, 1])
    return version_with(estimator, ("blue",), classes=("no", "yes"), features=features)


def nan_model() -> Version:
    """A regression whose answer to 0 is NaN, and to its example is not."""
    estimator = make_pipeline(FunctionTransformer(np.log), LinearRegression())
    estimator.steps[-1][1].fit([[1.0], [2.0]], [1.0, 2.0])
    return version_with(estimator, (2.0,))


def assert_internal_error(answer: Answer) -> None:
    assert_refused(answer, 500, "internal_error")
    assert answer.body["error"] == "The service failed. The request id leads to its log."
    assert SECRET not in answer.text
    assert "Error" not in answer.text


def test_a_model_that_no_longer_answers_its_example_is_a_500_whose_place_is_in_the_log_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    application = serve(category_model(), tmp_path / "m", POWERTOOLS_SERVICE_NAME=str(tmp_path))
    assert ask(application, predict_event({"features": ["blue"]})).body["prediction"] == "no"
    del estimator_of(application.predictor())[-1].coef_
    capsys.readouterr()
    assert_internal_error(ask(application, predict_event({"features": [SECRET]})))
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "internal error" in line]
    assert (line["level"], line["exception_name"]) == ("ERROR", "AttributeError")
    assert "sklearn" in line["trace"]


@pytest.mark.filterwarnings("ignore:divide by zero encountered in log:RuntimeWarning")
def test_a_model_that_answers_what_json_has_no_word_for_never_answers_200(tmp_path: Path) -> None:
    application = serve(nan_model(), tmp_path)
    assert ask(application, predict_event({"features": [1.0]})).status == 200
    for rows in ([[0.0]], [[1.0], [0.0]]):
        assert ask(application, predict_event({"instances": rows})).status >= 400


def test_the_text_of_a_failure_while_loading_is_told_to_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = make_pipeline(FunctionTransformer(np.asarray, kw_args={"dtype": SECRET}), DummyRegressor())
    failing.steps[-1][1].fit([[1.0]], [1.0])
    version = version_with(failing, (1.0,), example=Example((1.0,), 1.0))
    application = serve(version, tmp_path / "m", POWERTOOLS_SERVICE_NAME=str(tmp_path))
    answer = ask(application, get_event("/health"))
    assert_refused(answer, 503, "self_test_failed")
    assert SECRET not in answer.text
    assert SECRET not in capsys.readouterr().out


@pytest.mark.parametrize("uri", ["/no/such/place/swordfish-4711", "http://swordfish-4711/", "s3://swordfish-4711"])
def test_where_the_registry_lies_is_not_told_to_clients(uri: str) -> None:
    answer = ask(open_application(MODEL_URI=uri), get_event("/health"))
    assert answer.status == 503
    assert SECRET not in answer.text
