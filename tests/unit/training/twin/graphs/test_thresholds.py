"""At each threshold of a tree, and at its neighbours, a graph goes the way that the estimator goes."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from handler.records.signature import Target
from handler.rows.domain import LARGEST
from tests.unit.training.twin.graphs.answering import (
    CLOSE,
    beside,
    graph_model,
    numbers,
    require_classes_equal,
    require_numbers_equal,
)

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(150, 3)) * [1.0, 100.0, 1e-3] + [0.0, 1000.0, 0.0]
GAPS = np.where(RNG.random(ROWS.shape) < 0.2, np.nan, ROWS)
NUMBERS = ROWS[:, 0] + ROWS[:, 1] / 100 + RNG.normal(size=150)
THREE = np.digitize(NUMBERS, [9.0, 11.0])
TWO = (THREE > 1).astype(int)

HISTOGRAMS: dict[str, tuple[Any, Any]] = {
    "two classes": (HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=5), TWO),
    "three classes": (HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=5), THREE),
    "squares": (HistGradientBoostingRegressor(max_iter=4), NUMBERS),
    **{
        loss: (HistGradientBoostingRegressor(loss=loss, max_iter=4), np.abs(NUMBERS) + 0.1)
        for loss in ("poisson", "gamma", "absolute_error")
    },
    "quantile": (HistGradientBoostingRegressor(loss="quantile", quantile=0.8, max_iter=4), NUMBERS),
}

TREES: dict[str, tuple[Any, Any]] = {
    "tree": (DecisionTreeClassifier(random_state=0), THREE),
    "forest": (RandomForestClassifier(5, random_state=0), THREE),
    "extra trees": (ExtraTreesClassifier(5, random_state=0), THREE),
    "forest of numbers": (RandomForestRegressor(5, random_state=0), NUMBERS),
    "boosting, two classes": (GradientBoostingClassifier(n_estimators=4, random_state=0), TWO),
    "boosting, three classes": (GradientBoostingClassifier(n_estimators=4, random_state=0), THREE),
    "boosting of numbers": (GradientBoostingRegressor(n_estimators=4, random_state=0), NUMBERS),
}


def thresholds(estimator: Any) -> list[set[float]]:
    """Those of each feature."""
    found: list[set[float]] = [set(), set(), set()]
    for stage in getattr(estimator, "_predictors", ()):
        for predictor in stage:
            for node in predictor.nodes[predictor.nodes["is_leaf"] == 0]:
                found[node["feature_idx"]].add(float(node["num_threshold"]))
    for fitted in np.ravel(getattr(estimator, "estimators_", [estimator])):
        if hasattr(fitted, "tree_"):
            for feature, value in zip(fitted.tree_.feature, fitted.tree_.threshold, strict=True):
                if feature >= 0:
                    found[feature].add(float(value))
    return found


def rows_at_thresholds(estimator: Any, moved: Any = None) -> NDArray[np.float64]:
    """Rows of the training with one feature at a threshold or beside it, back through the scaler `moved`."""
    rows = []
    for feature, values in enumerate(thresholds(estimator)):
        finite = sorted(filter(np.isfinite, values))  # the API takes no others
        at = np.array(finite) if finite else np.zeros(1)
        if moved is not None:
            at = at * moved.scale_[feature] + moved.mean_[feature]
        near = beside(at)
        some = ROWS[RNG.integers(len(ROWS), size=len(near))].copy()
        some[:, feature] = near
        rows.append(some)
    return np.concatenate(rows)


def require_equal(estimator: Any, rows: NDArray[np.float64]) -> None:
    (require_classes_equal if hasattr(estimator, "classes_") else require_numbers_equal)(estimator, rows, numbers(3))


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_histogram_boosting_is_equal_at_thresholds_and_with_gaps(name: str) -> None:
    estimator, target = HISTOGRAMS[name]
    estimator.fit(GAPS, target)
    rows = rows_at_thresholds(estimator)
    assert len(rows) > 50
    gaps = np.where(RNG.random(rows.shape) < 0.3, np.nan, rows)
    largest = np.array([[LARGEST, -LARGEST, 0.0], [np.nan, np.nan, np.nan]])
    require_equal(estimator, np.concatenate([rows, gaps, largest]))


def test_a_graph_in_float32_would_not_be_equal() -> None:
    estimator = HISTOGRAMS["squares"][0].fit(GAPS, NUMBERS)
    rows = rows_at_thresholds(estimator)
    rounded = rows.astype(np.float32).astype(np.float64)
    assert np.abs(estimator.predict(rows) - estimator.predict(rounded)).max() > 0.01


@pytest.mark.parametrize("scaled", [False, True], ids=["plain", "behind a scaler"])
@pytest.mark.parametrize("name", TREES)
def test_trees_are_equal_at_thresholds(name: str, scaled: bool) -> None:
    estimator, target = TREES[name]
    scaler = StandardScaler().fit(ROWS)
    estimator.fit(scaler.transform(ROWS) if scaled else ROWS, target)
    rows = rows_at_thresholds(estimator, scaler if scaled else None)
    require_equal(make_pipeline(scaler, estimator) if scaled else estimator, rows)


def test_trees_that_learnt_gaps_are_equal_with_gaps() -> None:
    for estimator in (RandomForestRegressor(4, random_state=0), DecisionTreeClassifier(random_state=0)):
        estimator.fit(GAPS, THREE)
        require_equal(estimator, GAPS)


def test_an_isolation_forest_gives_its_scores_and_outliers() -> None:
    estimator = IsolationForest(n_estimators=5, max_features=2, random_state=0, contamination=0.2).fit(ROWS)
    rows = np.concatenate([ROWS, ROWS * 3])
    model, _ = graph_model(estimator, "outlier_detection", numbers(3), [Target("y")])
    assert model.predict(rows).tolist() == estimator.predict(rows).tolist()
    scores = model.outlier_scores(rows)
    assert scores is not None
    np.testing.assert_allclose(scores, estimator.decision_function(rows), rtol=CLOSE, atol=CLOSE)


def test_a_tree_of_one_leaf_is_a_constant() -> None:
    estimator = DecisionTreeClassifier(max_depth=1, min_samples_leaf=100).fit(ROWS, THREE)
    assert estimator.tree_.node_count == 1
    require_equal(estimator, ROWS)
