"""A search gives way to what it found, wherever a model keeps one; the answers stay."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, HalvingGridSearchCV
from sklearn.multioutput import MultiOutputRegressor, RegressorChain
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from handler.engines.fitted_parts import fitted_parts
from tests.unit.training.packaging import IRIS, fitted_iris
from training.bring.held.refused import Refused
from training.bring.held.searches import found_by_search

LOGISTIC = LogisticRegression(max_iter=300)
GRID = GridSearchCV(LOGISTIC, {"C": [1.0]}, cv=2)
NUMBERS = GridSearchCV(Ridge(), {"alpha": [1.0]}, cv=2)
TWO = (IRIS.target > 0).astype(int)

HOLDING: dict[str, tuple[Any, Any]] = {
    "a stacking": (StackingClassifier([("a", GRID), ("b", LOGISTIC)], GRID, cv=2), IRIS.target),
    "a vote": (VotingClassifier([("a", GRID), ("b", LOGISTIC)], voting="soft"), IRIS.target),
    "a calibration": (CalibratedClassifierCV(GRID, cv=2), IRIS.target),
    "a calibration of what is frozen": (
        CalibratedClassifierCV(FrozenEstimator(clone(GRID).fit(IRIS.data, IRIS.target))),
        IRIS.target,
    ),
    "a threshold": (FixedThresholdClassifier(GRID, threshold=0.4), TWO),
    "a transformed target": (TransformedTargetRegressor(NUMBERS), IRIS.target),
    "several outputs": (MultiOutputRegressor(NUMBERS), IRIS.data[:, :2]),
    "a chain": (RegressorChain(NUMBERS), IRIS.data[:, :2]),
    "a search of a pipeline of a search": (
        GridSearchCV(make_pipeline(StandardScaler(), GRID), {"gridsearchcv__cv": [2]}, cv=2),
        IRIS.target,
    ),
}


@pytest.mark.parametrize("name", HOLDING)
def test_a_search_is_replaced_in_any_part_of_a_model(name: str) -> None:
    model, target = HOLDING[name]
    model = clone(model).fit(IRIS.data, target)
    ask = "predict_proba" if hasattr(model, "predict_proba") else "predict"
    before = getattr(model, ask)(IRIS.data)
    found, searched = found_by_search(model)
    assert searched == ["GridSearchCV"]
    assert [part for part in fitted_parts(found) if hasattr(part, "cv_results_")] == []
    np.testing.assert_array_equal(getattr(found, ask)(IRIS.data), before)


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
    for model in (search, make_pipeline(StandardScaler(), search)):
        with pytest.raises(Refused, match="not fitted"):
            found_by_search(model)
