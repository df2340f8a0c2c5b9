"""What a loaded estimator says of its columns: their names, and those that it chooses by name."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from tests.unit.training.packaging import IRIS, NAMES, named_iris, table
from training.bring.estimator import chosen_by_name, names_of

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


def test_columns_chosen_by_name_are_found_with_their_places_and_the_rest_is_no_choice() -> None:
    columns = ColumnTransformer([("scaled", StandardScaler(), ["c", "a"]), ("more", StandardScaler(), ["b"])])
    columns.set_params(remainder=StandardScaler())
    model = VotingClassifier([("a", make_pipeline(columns, LOGISTIC))]).fit(table(), IRIS.target)
    assert [(name, chosen, places) for name, chosen, places in chosen_by_name(model, [])] == [
        ("scaled", ["c", "a"], [2, 0]),
        ("more", ["b"], [1]),
    ]
