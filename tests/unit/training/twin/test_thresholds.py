"""Rows lie on both sides of each threshold, a float apart, whatever stands between a row and the tree."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.unit.training.twin.cases import described
from training.twin.asked.crossing import MOST_ROWS, Boundary, boundary_of
from training.twin.asked.trees import thresholds_in

X, Y = make_classification(120, 4, n_informative=4, n_redundant=0, random_state=0)
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
FEW = {"n_estimators": 3, "random_state": 0}
MIXED = np.column_stack([X.astype(object), np.random.default_rng(0).choice(["a", "b", "c"], 120).astype(object)])


def boundary(estimator: Any, rows: NDArray[Any] = X, most: int = MOST_ROWS) -> Boundary:
    return boundary_of(estimator, described(rows), rows, 0, most)


def turned(tree: Any, inner: NDArray[Any], pairs: Boundary) -> int:
    """How many rows stand beside one a float higher that ends in another leaf."""
    leaves = tree.apply(inner)
    order = np.lexsort((pairs.values, pairs.columns, pairs.base))
    base, columns, values = pairs.base[order], pairs.columns[order], pairs.values[order]
    beside = (np.diff(base) == 0) & (np.diff(columns) == 0) & (np.nextafter(values[:-1], np.inf) == values[1:])
    return int((beside & (np.diff(leaves[order]) != 0)).sum())


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (StandardScaler(),),
        (MinMaxScaler(),),
        (SimpleImputer(), StandardScaler(), MinMaxScaler(feature_range=(-1, 1))),
        (ColumnTransformer([("some", StandardScaler(), [3, 1])], remainder="passthrough"),),
    ],
    ids=["none", "standard", "minmax", "three", "columns"],
)
def test_at_each_threshold_two_neighbouring_floats_end_in_other_leaves(steps: tuple[Any, ...]) -> None:
    pipeline = make_pipeline(*steps, TREE).fit(X, Y)
    found = boundary(pipeline)
    rows = found.rows(X, 0, len(found))
    assert found.thresholds == found.crossed == int((pipeline[-1].tree_.feature >= 0).sum())
    inner = pipeline[:-1].transform(rows) if steps else rows
    # A row may be led to another part of the tree, where the threshold is not asked about.
    assert turned(pipeline[-1], inner, found) >= 2
    crossed = [
        np.any(inner[:, column].astype(np.float32) <= threshold)
        and np.any(inner[:, column].astype(np.float32) > threshold)
        for column, threshold in zip(pipeline[-1].tree_.feature, pipeline[-1].tree_.threshold, strict=True)
        if column >= 0
    ]
    assert all(crossed)


def test_a_threshold_of_histogram_boosting_is_asked_itself_with_its_two_neighbours() -> None:
    boosting = HistGradientBoostingClassifier(max_iter=2, random_state=0).fit(X, Y)
    found = boundary(boosting)
    node = boosting._predictors[0][0].nodes[0]
    asked = found.values[found.columns == node["feature_idx"]]
    threshold = node["num_threshold"]
    assert {np.nextafter(threshold, -np.inf), threshold, np.nextafter(threshold, np.inf)} <= {*asked.tolist()}


def test_the_columns_that_histogram_boosting_puts_first_are_followed() -> None:
    rows = np.column_stack([X[:, 0], np.random.default_rng(0).integers(3, size=120), X[:, 1]])
    boosting = HistGradientBoostingClassifier(max_iter=2, categorical_features=[1], random_state=0).fit(rows, Y)
    found = boundary(boosting, rows)
    assert found.thresholds == found.crossed > 0
    assert {*found.columns.tolist()} <= {0, 2}


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(**FEW),
        ExtraTreesClassifier(**FEW),
        GradientBoostingClassifier(**FEW),
        HistGradientBoostingClassifier(max_iter=3, random_state=0),
        AdaBoostClassifier(TREE, **FEW),
        BaggingClassifier(TREE, max_features=0.5, **FEW),
        BaggingClassifier(make_pipeline(StandardScaler(), TREE), **FEW),
        IsolationForest(max_features=2, **FEW),
        VotingClassifier([("tree", TREE), ("line", LogisticRegression())]),
        StackingClassifier([("tree", TREE), ("line", LogisticRegression())]),
        StackingClassifier([("line", LogisticRegression())], TREE),
        CalibratedClassifierCV(TREE, cv=2),
        OneVsRestClassifier(TREE),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
@pytest.mark.parametrize("scaled", [False, True], ids=["plain", "scaled"])
def test_trees_are_found_wherever_they_are(estimator: Any, scaled: bool) -> None:
    fitted = (make_pipeline(StandardScaler(), estimator) if scaled else estimator).fit(X, Y)
    found = boundary(fitted)
    assert found.thresholds >= 3
    assert found.crossed >= 0.8 * found.thresholds
    assert np.isfinite(found.values).all()


def test_a_number_beside_categories_is_carried_back_and_a_threshold_between_categories_is_not() -> None:
    steps = ColumnTransformer([("numbers", StandardScaler(), [0, 1, 2, 3]), ("texts", OneHotEncoder(), [4])])
    pipeline = make_pipeline(steps, DecisionTreeClassifier(random_state=0)).fit(MIXED, Y)
    found = boundary(pipeline, MIXED)
    of_categories = int((pipeline[-1].tree_.feature >= 4).sum())
    assert found.crossed == found.thresholds - of_categories > 5
    assert set(found.columns.tolist()) <= {0, 1, 2, 3}
    assert pipeline.predict(found.rows(MIXED, 0, len(found))).shape == (len(found),)


def test_a_model_without_trees_has_no_thresholds() -> None:
    found = boundary(make_pipeline(StandardScaler(), LogisticRegression()).fit(X, Y))
    assert (len(found), found.thresholds, found.crossed) == (0, 0, 0)


def test_of_too_many_thresholds_some_are_drawn() -> None:
    forest = RandomForestClassifier(**FEW).fit(X, Y)
    found = boundary(forest, most=50)
    assert found.crossed == 10 < found.thresholds == sum(len(one.values) for one in thresholds_in(forest))
    assert len(found) <= 50
