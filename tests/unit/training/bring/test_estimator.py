"""What a loaded estimator says of itself: its task, its names, its classes, what a search in it found."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.unit.training.packaging import IRIS, NAMES, fitted_iris, named_iris, table
from training.bring.answers import answers_of
from training.bring.estimator import (
    Refused,
    chosen_by_name,
    classes_of,
    found_by_search,
    names_of,
    require_predictor,
)

LOGISTIC = LogisticRegression(max_iter=300)
GRID = GridSearchCV(LOGISTIC, {"C": [1.0]}, cv=2)


@pytest.mark.parametrize(
    "estimator",
    [
        LOGISTIC,
        make_pipeline(StandardScaler(), LOGISTIC),
        make_pipeline(make_pipeline(StandardScaler()), LOGISTIC),
        Pipeline([("no", "passthrough"), ("model", LOGISTIC)]),
        make_pipeline(FunctionTransformer(np.log1p), LOGISTIC),
        make_pipeline(FeatureUnion([("a", StandardScaler()), ("b", StandardScaler())]), LOGISTIC),
        GRID,
        VotingClassifier([("a", LOGISTIC)]),
        StackingClassifier([("a", LOGISTIC)], cv=2),
        CalibratedClassifierCV(LOGISTIC, cv=2),
        OneVsRestClassifier(LOGISTIC),
        BaggingClassifier(LOGISTIC, n_estimators=2),
        RandomForestClassifier(n_estimators=2),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_the_names_of_the_columns_are_found_wherever_the_model_keeps_them(estimator: Any) -> None:
    assert names_of(clone(estimator).fit(table(), IRIS.target)) == NAMES
    assert names_of(clone(estimator).fit(IRIS.data, IRIS.target)) == []


def test_the_names_of_a_frozen_part_are_found() -> None:
    assert (
        names_of(CalibratedClassifierCV(FrozenEstimator(named_iris())).fit(table(), IRIS.target_names[IRIS.target]))
        == NAMES
    )


def test_names_within_a_pipeline_that_are_not_the_inputs_are_not_taken() -> None:
    model = make_pipeline(StandardScaler().fit(IRIS.data), named_iris())
    assert names_of(model) == []


def test_every_search_is_replaced_by_what_it_found() -> None:
    halving = HalvingGridSearchCV(make_pipeline(StandardScaler(), GRID), {"gridsearchcv__cv": [2, 3]}, cv=2)
    model = Pipeline([("scale", StandardScaler()), ("search", halving)]).fit(IRIS.data, IRIS.target)
    before = model.predict_proba(IRIS.data)
    found, searched = found_by_search(model)
    assert searched == ["HalvingGridSearchCV", "GridSearchCV"]
    assert type(found[-1][-1]) is LogisticRegression
    np.testing.assert_array_equal(found.predict_proba(IRIS.data), before)


def test_without_a_search_nothing_is_replaced() -> None:
    model = fitted_iris()
    assert found_by_search(model) == (model, [])


@pytest.mark.parametrize("search", [GRID, GridSearchCV(LOGISTIC, {"C": [1.0]}, refit=False)])
def test_a_search_that_was_not_fitted_is_told_so(search: Any) -> None:
    with pytest.raises(Refused, match="not fitted"):
        found_by_search(search)


def test_a_model_of_several_targets_or_of_one_class_is_refused() -> None:
    several = MultiOutputClassifier(LOGISTIC).fit(IRIS.data, np.stack([IRIS.target, IRIS.target], axis=1))
    with pytest.raises(Refused, match="2 targets at once"):
        classes_of(several)
    with pytest.raises(Refused, match="one class only"):
        classes_of(DummyClassifier().fit(IRIS.data, np.zeros(150)))


def test_a_label_that_is_no_class_is_refused_and_not_taken_for_its_neighbour() -> None:
    model = fitted_iris()
    with pytest.raises(Refused, match="'setosa', which is none of its classes"):
        answers_of(model, IRIS.data[:1], ["a", "b", "c"])


def test_columns_chosen_by_name_are_found_with_their_places_and_the_rest_is_no_choice() -> None:
    columns = ColumnTransformer([("scaled", StandardScaler(), ["c", "a"]), ("more", StandardScaler(), ["b"])])
    columns.set_params(remainder=StandardScaler())
    model = VotingClassifier([("a", make_pipeline(columns, LOGISTIC))]).fit(table(), IRIS.target)
    assert [(name, chosen, places) for name, _, chosen, places in chosen_by_name(model, [])] == [
        ("scaled", ["c", "a"], [2, 0]),
        ("more", ["b"], [1]),
    ]


def test_a_model_is_asked_what_its_task_is() -> None:
    assert require_predictor(fitted_iris()) == "classification"
    with pytest.raises(Refused, match="Bunch, not an estimator"):
        require_predictor(IRIS)
