"""What counts as a difference between a model and its twin, for each task, and what as a tie."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.datasets import make_classification
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.svm import SVC

from handler.engines.onnx_runtime.answering import GraphModel
from handler.engines.scikit_learn import FittedEstimator
from handler.records.signature import Target, Task
from training.twin.compared.parity import BOUND, Comparison, Differences

X, Y = make_classification(200, 4, n_informative=4, n_redundant=0, n_classes=3, random_state=0)
CLASSES = (Target("y", ("0", "1", "2")),)
SPREAD = (Target("y", spread=50.0),)
LOGISTIC = LogisticRegression().fit(X, Y)
VECTORS = SVC().fit(X, Y)
CLUSTERS = KMeans(3, random_state=0, n_init=1).fit(X)
NUMBERS = X @ np.array([[1.0, 100.0], [2.0, 0.0], [0.0, 300.0], [1.0, 1.0]])


def compared(
    estimator: Any, task: Task, targets: tuple[Target, ...], said: Mapping[str, Any], rows: NDArray[Any] = X
) -> Differences:
    """What the comparison says of a twin whose graph gives `said`."""
    outputs = {name: np.asarray(values) for name, values in said.items()}
    comparison = Comparison(FittedEstimator(estimator), task, targets, X)
    twin = GraphModel(lambda _: outputs, list(outputs), task, targets)
    return comparison.differences(comparison.expected(rows), twin)


def said_by_logistic(changed: Any = 0.0) -> dict[str, Any]:
    return {"prediction": LOGISTIC.predict(X), "probabilities": LOGISTIC.predict_proba(X) + changed}


@pytest.mark.parametrize(("change", "outside"), [(0.0, 0), (0.9 * BOUND, 0), (1.1 * BOUND, 200)])
def test_a_probability_may_differ_by_the_bound(change: float, outside: int) -> None:
    found = compared(LOGISTIC, "classification", CLASSES, said_by_logistic(change))
    assert (found.rows, found.outside) == (200, outside)
    assert found.largest == pytest.approx(change, abs=1e-12)


@pytest.mark.parametrize("nothing", [np.nan, np.inf])
def test_what_is_no_number_on_one_side_is_a_difference(nothing: float) -> None:
    said = said_by_logistic()
    said["probabilities"][3, 0] = nothing
    found = compared(LOGISTIC, "classification", CLASSES, said)
    assert (found.outside, found.what) == (1, "probabilities that are no numbers")


def test_another_label_is_a_difference_unless_it_is_near_a_tie() -> None:
    margins = np.diff(np.sort(LOGISTIC.predict_proba(X), axis=1)[:, -2:], axis=1)
    assert margins.min() > 2 * BOUND
    said = said_by_logistic()
    said["prediction"] = (said["prediction"] + 1) % 3
    found = compared(LOGISTIC, "classification", CLASSES, said)
    assert (found.outside, found.near_a_tie) == (200, 0)


def test_a_twin_without_the_probabilities_is_another_model() -> None:
    said = said_by_logistic()
    del said["probabilities"]
    found = compared(LOGISTIC, "classification", CLASSES, said)
    assert (found.outside, found.what) == (200, "it gives no numbers, and the model probabilities")


@pytest.mark.parametrize(("change", "outside"), [(0.9, 0), (1.1, 200)])
def test_a_regression_may_differ_by_a_share_of_its_targets_spread(change: float, outside: int) -> None:
    line = LinearRegression().fit(X, NUMBERS[:, 0])
    said = {"prediction": line.predict(X) + change * BOUND * 50}
    assert compared(line, "regression", SPREAD, said).outside == outside


def test_each_of_several_targets_may_differ_by_a_share_of_its_own_spread() -> None:
    lines = LinearRegression().fit(X, NUMBERS)
    targets = (Target("small", spread=2.0), Target("large", spread=300.0))
    said = lines.predict(X) + np.array([0.0, 0.9 * BOUND * 300])
    assert compared(lines, "several_targets", targets, {"prediction": said}).outside == 0
    said = lines.predict(X) + np.array([0.9 * BOUND * 300, 0.0])
    found = compared(lines, "several_targets", targets, {"prediction": said})
    assert (found.outside, found.what) == (200, "small")


def outliers() -> tuple[IsolationForest, NDArray[np.float64]]:
    forest = IsolationForest(n_estimators=20, random_state=0).fit(X)
    return forest, forest.decision_function(X)


@pytest.mark.parametrize(("change", "outside"), [(0.9, 0), (1.1, 200)])
def test_a_score_may_differ_by_a_share_of_the_scores_spread(change: float, outside: int) -> None:
    forest, scores = outliers()
    said = {"prediction": forest.predict(X), "score": scores + change * BOUND * scores.std()}
    assert compared(forest, "outlier_detection", (Target("y"),), said).outside == outside


def test_a_support_vector_classifier_is_judged_by_its_own_label_and_by_its_pairs() -> None:
    scores = VECTORS.decision_function(X)
    pairs = SVC(decision_function_shape="ovo").fit(X, Y).decision_function(X)
    best = np.argmin(np.abs(pairs).min(axis=1))
    place = int(np.argmin(np.abs(pairs[best])))
    # A row at which a pair is as good as tied: between one where it is above and one where it is below.
    other = X[np.argmax(np.sign(pairs[:, place]) != np.sign(pairs[best, place]))]
    low, high = 0.0, 1.0
    by_pairs = SVC(decision_function_shape="ovo").fit(X, Y)
    for _ in range(60):
        middle = (low + high) / 2
        here = by_pairs.decision_function([X[best] * (1 - middle) + other * middle])[0, place]
        low, high = (middle, high) if np.sign(here) == np.sign(pairs[best, place]) else (low, middle)
    tied = np.array([X[best] * (1 - low) + other * low])
    labels = VECTORS.predict(tied)
    jumped = {"prediction": (labels + 1) % 3, "scores": VECTORS.decision_function(tied) + 0.7}
    found = compared(VECTORS, "classification", CLASSES, jumped, tied)
    assert (found.outside, found.near_a_tie, found.largest) == (0, 1, 0.0)
    sure = {"prediction": (VECTORS.predict(X) + 1) % 3, "scores": scores}
    assert compared(VECTORS, "classification", CLASSES, sure).outside == 200


def test_a_cluster_may_be_another_one_where_two_are_as_near() -> None:
    centres = CLUSTERS.cluster_centers_
    between = centres[:2].mean(axis=0, keepdims=True)
    twin = {"prediction": np.array([1 - CLUSTERS.predict(between)[0]])}
    names = (Target("y", ("0", "1", "2")),)
    nearest = np.sort(CLUSTERS.transform(between))[0]
    assert nearest[1] - nearest[0] < 1e-9
    assert compared(CLUSTERS, "clustering", names, twin, between).outside == 0
    other = {"prediction": (CLUSTERS.predict(X) + 1) % 3}
    assert compared(CLUSTERS, "clustering", names, other).outside == 200


def test_a_model_without_any_numbers_must_have_the_same_labels_everywhere() -> None:
    labels = LOGISTIC.predict(X)
    plain = _LabelsAlone(labels)
    other = labels.copy()
    other[5] = (other[5] + 1) % 3
    assert compared(plain, "classification", CLASSES, {"prediction": labels}).outside == 0
    assert compared(plain, "classification", CLASSES, {"prediction": other}).outside == 1


class _LabelsAlone:
    """A classifier that shows no number."""

    def __init__(self, labels: NDArray[Any]) -> None:
        self.classes_, self.labels = np.array([0, 1, 2]), labels

    def predict(self, rows: NDArray[Any]) -> NDArray[Any]:
        return self.labels[: len(rows)]


def test_each_of_several_labels_has_its_own_margin() -> None:
    truth = np.column_stack([X[:, 0] > 0, X[:, 1] > 0]).astype(int)
    model = MultiOutputClassifier(LogisticRegression()).fit(X, truth)
    shares = np.column_stack([one[:, 1] for one in model.predict_proba(X)])
    predicted = model.predict(X)
    targets = (Target("y", ("a", "b")),)
    assert compared(model, "multilabel", targets, {"prediction": predicted, "probabilities": shares}).outside == 0
    predicted[7, 1] = 1 - predicted[7, 1]
    found = compared(model, "multilabel", targets, {"prediction": predicted, "probabilities": shares})
    assert found.outside == 1
