"""What a model itself refuses, or cannot compute, is a 422 that names the rows; a broken model stays a 500."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor, VotingClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.multiclass import OutputCodeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC, LinearSVC

from handler.records.signature import Feature
from handler.serving.predictor import Predictor
from tests.unit.handler.asking import Answer, ask, open_application, predict_event
from tests.unit.handler.models import Version, estimator_of, version_with

X, Y = load_iris(return_X_y=True)
NAMES = ("setosa", "versicolor", "virginica")
ROW = X[75].tolist()
TWO = X[:, :2]
LARGE = 3.4e38

pytestmark = pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning", "ignore:divide by:RuntimeWarning")


def ranged(names: str, rows: Any) -> list[Feature]:
    """Numbers with the ranges of `rows`, as training describes them."""
    return [
        Feature(name, "number", minimum=float(column.min()), maximum=float(column.max()))
        for name, column in zip(names, rows.T, strict=True)
    ]


def asked(root: Path, version: Version, document: object) -> Answer:
    return ask(open_application(MODEL_URI=str(version.write(root))), predict_event(document))


def logged() -> Version:
    """A logarithm before the model: it takes nothing at or below -1."""
    model = make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(max_iter=500)).fit(TWO, Y)
    return version_with(model, ROW[:2], classes=NAMES)


def forest() -> Version:
    """A forest behind a scaler, as `train` makes it of a table: what is scaled may be more than 32 bits hold."""
    model = make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)).fit(X, Y)
    return version_with(model, ROW, classes=NAMES, features=ranged("abcd", X))


def test_a_row_that_the_model_refuses_is_a_422(tmp_path: Path) -> None:
    answer = asked(tmp_path, logged(), {"features": [-5, 30]})
    assert (answer.status, answer.body["code"]) == (422, "refused_by_model")
    assert [(problem["row"], problem["feature"]) for problem in answer.body["details"]] == [(0, "x0")]


def test_the_bad_rows_of_a_batch_are_named_and_no_others(tmp_path: Path) -> None:
    good = ROW[:2]
    answer = asked(tmp_path, logged(), {"instances": [good, good, [1, -7], good, [-5, -5], good]})
    assert answer.status == 422
    told = [(problem["row"], problem["feature"]) for problem in answer.body["details"]]
    assert told == [(2, "x1"), (4, None)]


def test_at_most_twenty_rows_are_named(tmp_path: Path) -> None:
    rows = [[-5, 1] if index % 2 else ROW[:2] for index in range(1000)]
    answer = asked(tmp_path, logged(), {"instances": rows})
    assert answer.status == 422
    assert [problem["row"] for problem in answer.body["details"]] == list(range(1, 41, 2))


@pytest.mark.parametrize("regression", [False, True])
def test_a_number_that_is_too_large_once_it_is_scaled_is_a_422(tmp_path: Path, regression: bool) -> None:
    version = forest()
    if regression:
        model = make_pipeline(StandardScaler(), RandomForestRegressor(5, random_state=0)).fit(X[:, :3] / 10, X[:, 3])
        version = version_with(model, X[75, :3].tolist(), features=ranged("abc", X[:, :3] / 10))
    width = len(version.manifest.features)
    answer = asked(tmp_path, version, {"instances": [ROW[:width], [LARGE] * width]})
    assert answer.status == 422
    assert [problem["row"] for problem in answer.body["details"]] == [1]


def test_a_code_that_an_encoder_never_saw_is_a_422_that_quotes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encoder = ColumnTransformer([("code", OneHotEncoder(), [0])], remainder="passthrough")
    rows = np.column_stack([Y, X[:, 0]])
    version = version_with(
        make_pipeline(encoder, LogisticRegression(max_iter=500)).fit(rows, Y), [1.0, 5.0], classes=NAMES
    )
    answer = asked(tmp_path, version, {"instances": [[1, 5], [77123, 5]]})
    assert answer.status == 422
    assert [(problem["row"], problem["feature"]) for problem in answer.body["details"]] == [(1, "x0")]
    assert "77123" not in answer.text + capsys.readouterr().out
    assert "unknown categories" not in answer.text


def test_rows_without_a_finite_answer_are_named(tmp_path: Path) -> None:
    model = make_pipeline(FunctionTransformer(np.square), LinearRegression()).fit(X[:, :1], X[:, 3])
    model[-1].coef_ = np.array([1e300])
    version = version_with(model, [1.0])
    answer = asked(tmp_path, version, {"instances": [[1.0], [1e30], [2.0]]})
    assert (answer.status, answer.body["code"]) == (422, "no_finite_answer")
    assert [problem["row"] for problem in answer.body["details"]] == [1]


def overflowing() -> dict[str, Any]:
    """Classifiers without probabilities whose own arithmetic overflows on the way to a class."""
    steep = SVC(kernel="poly", degree=8)
    linear = RidgeClassifier()
    return {
        "svc": steep,
        "pipeline": make_pipeline(StandardScaler(), SVC(kernel="poly", degree=9)),
        "one against one": SVC(kernel="poly", degree=10, decision_function_shape="ovo"),
        "hard vote": VotingClassifier([("steep", steep), ("linear", linear)]),
        "hard vote in a pipeline": make_pipeline(StandardScaler(), VotingClassifier([("a", steep), ("b", linear)])),
        "output codes": OutputCodeClassifier(SVC(kernel="poly", degree=8), random_state=0),
    }


@pytest.mark.parametrize("name", overflowing())
@pytest.mark.parametrize("with_ranges", [True, False])
def test_an_overflow_on_the_way_to_a_class_is_a_422(tmp_path: Path, name: str, with_ranges: bool) -> None:
    features = ranged("abcd", X) if with_ranges else None
    version = version_with(overflowing()[name].fit(X, Y), ROW, classes=NAMES, features=features)
    answer = asked(tmp_path, version, {"instances": [ROW, [LARGE] * 4]})
    # The codes' own distances refuse what is not a number.
    code = "refused_by_model" if name == "output codes" else "no_finite_answer"
    assert (answer.status, answer.body["code"]) == (422, code)
    assert [problem["row"] for problem in answer.body["details"]] == [1]


@pytest.mark.parametrize("name", overflowing())
def test_a_finite_extrapolation_stays_a_warning(tmp_path: Path, name: str) -> None:
    version = version_with(overflowing()[name].fit(X, Y), ROW, classes=NAMES, features=ranged("abcd", X))
    answer = asked(tmp_path, version, {"features": [*ROW[:3], 30.0]})
    assert answer.status == 200
    assert answer.body["warnings"]


def breaking(version: Version) -> Predictor:
    """A model that loaded well and no longer answers anything."""
    predictor = version.load()
    del estimator_of(predictor)[-1].coef_
    return predictor


def test_a_model_that_no_longer_answers_its_own_examples_stays_a_500(tmp_path: Path) -> None:
    application = open_application(MODEL_URI=str(logged().write(tmp_path)))
    assert ask(application, predict_event({"features": ROW[:2]})).status == 200
    served = application.predictor()
    vars(served.model).update(vars(breaking(logged()).model))
    assert ask(application, predict_event({"features": ROW[:2]})).status == 500


def test_the_rows_are_looked_for_within_two_seconds(tmp_path: Path) -> None:
    class Slow(LogisticRegression):  # type: ignore[misc] # scikit-learn has no types
        def predict(self, rows: Any) -> Any:
            time.sleep(0.4)
            return super().predict(rows)

    version = logged()
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    served = application.predictor()
    estimator_of(served).steps[-1][1].__class__ = Slow
    rows = [[-5, 1] if index % 2 else ROW[:2] for index in range(1000)]
    began = time.perf_counter()
    answer = ask(application, predict_event({"instances": rows}))
    assert time.perf_counter() - began < 5.0
    assert answer.status == 422
    assert answer.body["details"]


def test_polynomials_that_overflow_into_a_refusal_are_a_422_too(tmp_path: Path) -> None:
    model = make_pipeline(PolynomialFeatures(9), StandardScaler(), LinearSVC()).fit(TWO, Y)
    answer = asked(tmp_path, version_with(model, ROW[:2], classes=NAMES), {"features": [LARGE, LARGE]})
    assert answer.status == 422
