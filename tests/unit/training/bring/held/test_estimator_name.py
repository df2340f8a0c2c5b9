"""A model is named for what predicts, for what it holds, and for the search that found it."""

from typing import Any

import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, TunedThresholdClassifierCV
from sklearn.multioutput import RegressorChain
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.unit.training.packaging import IRIS
from training.bring.held.estimator_name import estimator_name
from training.bring.held.searches import found_by_search

X, Y = IRIS.data, IRIS.target
LOGISTIC = LogisticRegression(max_iter=300)
TREE = DecisionTreeClassifier()
GRID = GridSearchCV(LOGISTIC, {"C": [1.0]}, cv=2)
SCALED = make_pipeline(StandardScaler(), LOGISTIC)

NAMES: list[tuple[Any, Any, str]] = [
    (LOGISTIC, Y, "sklearn.linear_model.LogisticRegression"),
    (RandomForestClassifier(n_estimators=2), Y, "sklearn.ensemble.RandomForestClassifier"),
    (HistGradientBoostingClassifier(max_iter=2), Y, "sklearn.ensemble.HistGradientBoostingClassifier"),
    (SCALED, Y, "sklearn.linear_model.LogisticRegression in a Pipeline"),
    (GRID, Y, "sklearn.linear_model.LogisticRegression, found by GridSearchCV"),
    (
        make_pipeline(StandardScaler(), GRID),
        Y,
        "sklearn.linear_model.LogisticRegression in a Pipeline, found by GridSearchCV",
    ),
    (
        StackingClassifier([("a", SCALED), ("b", GRID), ("c", TREE)], cv=2),
        Y,
        "sklearn.ensemble.StackingClassifier of LogisticRegression in a Pipeline, LogisticRegression and "
        "DecisionTreeClassifier, with LogisticRegression on top, found by GridSearchCV",
    ),
    (
        VotingClassifier([("a", TREE), ("b", LOGISTIC)]),
        Y,
        "sklearn.ensemble.VotingClassifier of DecisionTreeClassifier and LogisticRegression",
    ),
    (
        CalibratedClassifierCV(GRID, cv=2),
        Y,
        "sklearn.calibration.CalibratedClassifierCV of LogisticRegression, found by GridSearchCV",
    ),
    (
        CalibratedClassifierCV(FrozenEstimator(clone(TREE).fit(X, Y))),
        Y,
        "sklearn.calibration.CalibratedClassifierCV of FrozenEstimator of DecisionTreeClassifier",
    ),
    (TransformedTargetRegressor(Ridge()), Y, "sklearn.compose.TransformedTargetRegressor of Ridge"),
    (RegressorChain(Ridge()), X[:, :2], "sklearn.multioutput.RegressorChain of Ridge"),
    (
        TunedThresholdClassifierCV(LOGISTIC, cv=2),
        (Y > 0).astype(int),
        "sklearn.model_selection.TunedThresholdClassifierCV of LogisticRegression",
    ),
]


@pytest.mark.parametrize(("model", "target", "name"), NAMES, ids=lambda value: value if isinstance(value, str) else "")
def test_a_model_is_named_for_what_it_holds(model: Any, target: Any, name: str) -> None:
    found, searched = found_by_search(clone(model).fit(X, target))
    assert estimator_name(found, searched) == name
