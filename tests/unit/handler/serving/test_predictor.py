"""`handler.serving.predictor`: it answers as the estimator does, and serves no model that does not repeat its
example."""

import gc
import types
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import joblib
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    BaggingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC, LinearSVC

from handler.errors.model import RuntimeMismatch, SelfTestFailed, UnloadableArtifact
from handler.records.signature import Example, Feature
from handler.registry.chain import VerifiedArtifact
from handler.serving.predictor import example_rows, load_predictor
from tests.unit.handler.models import Version, estimator_of, version_with

X: NDArray[np.float64]
Y: NDArray[np.int64]
X, Y = load_iris(return_X_y=True)
NAMES = ("setosa", "versicolor", "virginica")
WORDS = np.array(["a flower", "b flower", "c flower"])[Y]
ROW = tuple(X[75].tolist())
SECRET = "swordfish-4711"

few_trees = partial(RandomForestClassifier, n_estimators=5, random_state=0)

CLASSIFIERS = {
    "logistic regression": LogisticRegression(max_iter=200).fit(X, Y),
    "string classes": LogisticRegression(max_iter=200).fit(X, WORDS),
    "object classes": LogisticRegression(max_iter=200).fit(X, WORDS.astype(object)),
    "classes that do not start at 0": KNeighborsClassifier().fit(X, 10 * Y - 10),
    "no probabilities": LinearSVC().fit(X, Y),
    "no probabilities, string classes": SVC().fit(X, WORDS),
    "pipeline": make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y),
    "forest": few_trees().fit(X, WORDS),
    "boosting": HistGradientBoostingClassifier(max_iter=3).fit(X, Y),
}

REGRESSORS = {
    "linear": LinearRegression().fit(X[:, :3], X[:, 3]),
    "target of shape (rows, 1)": LinearRegression().fit(X[:, :3], X[:, 3:]),
    "whole numbers": RandomForestRegressor(n_estimators=3, random_state=0).fit(X[:, :3], Y),
    "transformed target": TransformedTargetRegressor(func=np.log1p, inverse_func=np.expm1).fit(X[:, :3], X[:, 3]),
}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classification_answers_as_the_estimator_itself(name: str) -> None:
    estimator = CLASSIFIERS[name]
    answers = version_with(estimator, ROW, classes=NAMES).load().predict(X)
    labels = list(estimator.classes_)
    expected = [labels.index(label) for label in estimator.predict(X)]
    assert [answer["prediction_index"] for answer in answers] == expected
    assert [answer["prediction"] for answer in answers] == [NAMES[index] for index in expected]
    if hasattr(estimator, "predict_proba"):
        assert [list(answer["probabilities"]) for answer in answers] == [list(NAMES)] * len(X)
        probabilities = [list(answer["probabilities"].values()) for answer in answers]
        np.testing.assert_array_equal(probabilities, estimator.predict_proba(X))
        assert set(answers[0]) == {"prediction", "prediction_index", "probabilities"}
    else:
        assert [list(answer["scores"].values()) for answer in answers] == estimator.decision_function(X).tolist()
        assert set(answers[0]) == {"prediction", "prediction_index", "scores"}


@pytest.mark.parametrize("name", REGRESSORS)
def test_a_regression_answers_as_the_estimator_itself(name: str) -> None:
    estimator = REGRESSORS[name]
    answers = version_with(estimator, ROW[:3]).load().predict(X[:, :3])
    assert answers == [{"prediction": float(value)} for value in estimator.predict(X[:, :3]).ravel()]
    assert {type(answer["prediction"]) for answer in answers} == {float}


def test_categories_reach_the_estimator_as_they_are() -> None:
    features = (Feature("colour", "category", categories=("blue", "red")), Feature("size", "number"))
    rows = np.array([["red", 1.0], ["blue", 2.0], ["red", 3.0]], dtype=object)
    encoder = ColumnTransformer([("colour", OneHotEncoder(), [0])], remainder="passthrough")
    estimator = make_pipeline(encoder, LogisticRegression(C=1000)).fit(rows, [0, 1, 0])
    version = version_with(estimator, ("blue", 2.0), classes=("no", "yes"), features=features)
    assert [answer["prediction"] for answer in version.load().predict(rows)] == ["no", "yes", "no"]
    assert example_rows(version.manifest).dtype == object


def attributes_named_n_jobs(estimator: object) -> Iterator[tuple[str, Any]]:
    """Every `n_jobs` of every object that the estimator holds, found by following the collector's references."""
    waiting, seen = [estimator], set()
    while waiting:
        part = waiting.pop()
        if id(part) in seen or isinstance(
            part, (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType)
        ):
            continue
        seen.add(id(part))
        if "n_jobs" in getattr(part, "__dict__", {}):
            yield type(part).__name__, vars(part)["n_jobs"]
        waiting.extend([*gc.get_referents(part), *getattr(part, "__dict__", {}).values()])
        if isinstance(part, np.ndarray) and part.dtype == object:
            waiting.extend(part.ravel().tolist())


NESTED = {
    "forest": few_trees(n_jobs=2),
    "pipeline": make_pipeline(
        ColumnTransformer([("scaled", StandardScaler(), [0, 1, 2, 3])], n_jobs=2), few_trees(n_jobs=2)
    ),
    "voting": VotingClassifier([("forest", few_trees(n_jobs=2)), ("near", KNeighborsClassifier(n_jobs=2))], n_jobs=1),
    "stacking": StackingClassifier(
        [("forest", few_trees(n_jobs=2))], final_estimator=few_trees(n_jobs=2), cv=2, n_jobs=1
    ),
    "search": GridSearchCV(few_trees(n_jobs=2), {"max_depth": [2]}, cv=2),
    "one against the rest": OneVsRestClassifier(few_trees(n_jobs=2)),
    "bagging": BaggingClassifier(KNeighborsClassifier(n_jobs=2), n_estimators=2),
}


@pytest.mark.parametrize("name", NESTED)
def test_every_fitted_part_runs_on_one_core(name: str) -> None:
    with joblib.parallel_config(backend="threading"):  # starting processes would take seconds
        estimator = NESTED[name].fit(X, Y)
        version = version_with(estimator, ROW, classes=NAMES)
    assert {jobs for _, jobs in attributes_named_n_jobs(estimator)} >= {2}
    loaded = estimator_of(version.load())
    wrong = {(part, jobs) for part, jobs in attributes_named_n_jobs(loaded) if jobs != 1}
    assert wrong == set()


def spoilt(version: Version, **fields: Any) -> Version:
    return version.changed(example=replace(version.manifest.example, **fields))


@pytest.fixture(scope="module")
def flower() -> Version:
    return version_with(CLASSIFIERS["logistic regression"], ROW, classes=NAMES)


@pytest.mark.parametrize(
    "fields",
    [
        {"prediction": "setosa", "prediction_index": 0},
        {"prediction": "virginica", "prediction_index": 2},
        {"probabilities": None},
        {"probabilities": {"setosa": 0.0, "versicolor": 1.0, "virginica": 0.0}},
        {"probabilities": {"versicolor": 0.0, "setosa": 1.0, "virginica": 0.0}},
        {"probabilities": {"setosa": 0.0, "versicolor": 1.0}},
        {"features": (0.0, 0.0, 0.0, 0.0)},
    ],
)
def test_a_classifier_that_does_not_repeat_its_example_is_refused(flower: Version, fields: dict[str, Any]) -> None:
    with pytest.raises(SelfTestFailed):
        spoilt(flower, **fields).load()


def test_probabilities_in_another_order_than_the_classes_are_refused(flower: Version) -> None:
    probabilities = flower.manifest.example.probabilities
    assert probabilities is not None
    with pytest.raises(SelfTestFailed):
        spoilt(flower, probabilities=dict(reversed(probabilities.items()))).load()


def test_an_example_with_probabilities_needs_an_estimator_that_has_them() -> None:
    version = version_with(CLASSIFIERS["no probabilities"], ROW, classes=NAMES)
    with pytest.raises(SelfTestFailed):
        spoilt(version, probabilities=dict.fromkeys(NAMES, 1 / 3)).load()


@pytest.mark.parametrize(("error", "refused"), [(1e-9, False), (1e-7, False), (1e-5, True), (-1e-5, True), (1.0, True)])
def test_a_regression_may_differ_by_rounding_and_no_more(error: float, refused: bool) -> None:
    version = version_with(REGRESSORS["linear"], ROW[:3])
    answer = version.manifest.example.prediction
    assert isinstance(answer, float)
    other = spoilt(version, prediction=answer * (1 + error))
    if refused:
        with pytest.raises(SelfTestFailed):
            other.load()
    else:
        other.load()


def test_a_model_that_answers_nan_is_refused() -> None:
    estimator = LinearRegression().fit(X[:, :3], X[:, 3])
    estimator.coef_ = np.full_like(estimator.coef_, np.nan)
    with pytest.raises(SelfTestFailed):
        version_with(estimator, ROW[:3], example=Example(ROW[:3], 1.0)).load()


def test_a_model_that_fails_on_its_example_is_refused_with_the_reason() -> None:
    failing = make_pipeline(FunctionTransformer(np.asarray, kw_args={"dtype": SECRET}), LinearRegression())
    failing.steps[-1][1].fit(X, Y)
    with pytest.raises(SelfTestFailed, match="failed on its own example: TypeError"):
        version_with(failing, ROW, example=Example(ROW, 1.0)).load()


def unloadable(version: Version, artifact: bytes) -> str:
    with pytest.raises(UnloadableArtifact) as caught:
        load_predictor(VerifiedArtifact(version.manifest, artifact))
    return str(caught.value)


@pytest.mark.parametrize("artifact", [b"", b"not a pickle", b"\x80\x04N"], ids=["empty", "text", "cut off"])
def test_verified_bytes_that_are_no_pickle_are_unloadable(flower: Version, artifact: bytes) -> None:
    assert flower.manifest.version in unloadable(flower, artifact)


def test_a_class_that_lambda_does_not_have_is_unloadable(flower: Version) -> None:
    pickled = b"cno_such_module.of_training\nModel\n."
    assert "every class in it must come from" in unloadable(flower, pickled).lower()


def test_a_classifier_of_other_classes_than_its_manifest_is_unloadable(flower: Version) -> None:
    other = flower.changed(target=replace(flower.manifest.target, classes=("setosa", "versicolor")))
    assert "has other classes" in unloadable(other, flower.artifact)
    regressor = version_with(REGRESSORS["linear"], ROW[:3])
    assert "has other classes" in unloadable(flower, regressor.artifact)


def test_another_scikit_learn_is_refused_before_anything_is_unpickled(flower: Version) -> None:
    runtime = flower.manifest.runtime | {"scikit-learn": "1.8.0"}
    with pytest.raises(RuntimeMismatch):
        load_predictor(VerifiedArtifact(flower.changed(runtime=runtime).manifest, b"not a pickle"))


def test_bytes_of_another_scikit_learn_under_a_manifest_of_this_one_are_unloadable(flower: Version) -> None:
    here = flower.manifest.runtime["scikit-learn"].encode()
    assert flower.artifact.count(here) == 1
    told = unloadable(flower, flower.artifact.replace(here, b"0." + here[2:]))
    assert "InconsistentVersionWarning" in told
