"""Gradient boosting on trees that split on rows rounded to float32, and isolation forests."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble._iforest import _average_path_length

from training.errors import NoTwin
from training.twin.graphs.columns import Columns
from training.twin.graphs.drawing import Answer, Drawing
from training.twin.graphs.losses import inliers, of_classes
from training.twin.graphs.trees.ensemble import summed
from training.twin.graphs.trees.forests import grown, rounded


def draw_classifier(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A gradient boosting that classifies."""
    raw = _raw(drawing, estimator, columns)
    return of_classes(drawing, raw, type(estimator._loss).__name__)


def draw_regressor(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """A gradient boosting that predicts a number."""
    return Answer(drawing.flat(_raw(drawing, estimator, columns)))


def _raw(drawing: Drawing, estimator: Any, columns: Columns) -> str:
    width = estimator.estimators_.shape[1]
    trees = [(fitted, place) for stage in estimator.estimators_ for place, fitted in enumerate(stage)]
    weights = [np.asarray(fitted.tree_.value[:, 0, 0]) * estimator.learning_rate for fitted, _ in trees]
    rows = rounded(drawing, columns)
    total = summed(drawing, rows, [grown(fitted) for fitted, _ in trees], weights, [k for _, k in trees], width)
    return drawing.add("Add", total, drawing.numbers(_start(estimator, width)))


def _start(estimator: Any, width: int) -> NDArray[np.float64]:
    """What the boosting starts with, of shape (1, width); raises NoTwin where that depends on the row."""
    if isinstance(estimator.init_, str):
        return np.zeros((1, width))
    if type(estimator.init_) not in (DummyClassifier, DummyRegressor) or (
        getattr(estimator.init_, "strategy", "") in ("stratified", "uniform")
    ):
        raise NoTwin("Its boosting starts with another model.")
    row = np.zeros((1, estimator.n_features_in_), dtype=np.float32)
    return np.asarray(estimator._raw_predict_init(row), dtype=np.float64).reshape(1, width)


def draw_isolation(drawing: Drawing, estimator: Any, columns: Columns) -> Answer:
    """An isolation forest: how deep a row falls."""
    some = estimator._max_features != estimator.n_features_in_
    trees, weights = [], []
    for place, (fitted, features) in enumerate(zip(estimator.estimators_, estimator.estimators_features_, strict=True)):
        trees.append(grown(fitted, features if some else None))
        lengths = np.asarray(estimator._decision_path_lengths[place], dtype=np.float64)
        weights.append(lengths + estimator._average_path_length_per_tree[place] - 1.0)
    rows = rounded(drawing, columns)
    depth = summed(drawing, rows, trees, weights, [0] * len(trees), 1)
    # As scikit-learn's _compute_score_samples, decision_function and predict.
    most = len(trees) * float(_average_path_length([estimator._max_samples])[0])
    ratio = drawing.add("Div", depth, drawing.numbers(most)) if most else drawing.same(rows, [1.0])
    anomaly = drawing.add("Pow", drawing.numbers(2.0), drawing.add("Neg", ratio))
    decision = drawing.add("Sub", drawing.add("Neg", anomaly), drawing.numbers(float(estimator.offset_)))
    return inliers(drawing, decision)
