"""Each task is measured by scikit-learn's own metrics, on answers as the HTTP contract has them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from handler.records.signature import Feature, Target, Task
from training.errors import UnprovedArtifact
from training.measuring.answers import Answers, answers_in, predictions_in
from training.measuring.asked import as_estimator, score
from training.measuring.metrics import default_metric, measure
from training.measuring.space import points_of

LABELS = (Target("tags", ("a", "b", "c")),)
TWO = (Target("size"), Target("color", ("red", "blue")))


def answers(task: Task, targets: tuple[Target, ...], truth: Sequence[Any] | None, *said: dict[str, Any]) -> Answers:
    found = answers_in(said, task, targets)
    return found if truth is None else replace(found, actual=predictions_in(truth, task, targets))


def test_several_targets_have_a_metric_each_and_their_means_under_the_plain_names() -> None:
    truth = [{"size": 1.0, "color": "red"}, {"size": 2.0, "color": "red"}, {"size": 4.0, "color": "blue"}]
    said = [{"prediction": {"size": size, "color": "red"}} for size in (1.5, 2.0, 3.0)]
    measured = measure("several_targets", answers("several_targets", TWO, truth, *said))
    r2 = metrics.r2_score([1, 2, 4], [1.5, 2, 3])
    assert measured == pytest.approx(
        {"r2": r2, "r2_size": r2, "mean_absolute_error_size": 0.5, "accuracy": 2 / 3, "accuracy_color": 2 / 3}
    )
    assert default_metric("several_targets", TWO) == "r2"
    assert default_metric("several_targets", TWO[1:]) == "accuracy"


def test_labels_are_measured_by_f1_hamming_loss_and_whole_rows() -> None:
    truth, said = [("a",), ("a", "b"), ()], [("a",), ("b",), ("c",)]
    found = answers("multilabel", LABELS, truth, *({"prediction": list(labels)} for labels in said))
    actual, predicted = [[1, 0, 0], [1, 1, 0], [0, 0, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert measure("multilabel", found) == pytest.approx(
        {
            "accuracy": 1 / 3,
            "f1_macro": metrics.f1_score(actual, predicted, average="macro", zero_division=0),
            "hamming_loss": metrics.hamming_loss(actual, predicted),
        }
    )
    assert score("neg_hamming_loss", "multilabel", found) == -metrics.hamming_loss(actual, predicted)


def test_outliers_are_measured_where_the_true_ones_are_known_and_counted_where_not() -> None:
    scores = [0.3, -0.2, 0.1, -0.4]
    said = [{"prediction": "outlier" if score < 0 else "inlier", "score": score} for score in scores]
    truth = ["inlier", "outlier", "outlier", "outlier"]
    actual, predicted = [1, -1, -1, -1], [1, -1, 1, -1]
    target = (Target("target"),)
    assert measure("outlier_detection", answers("outlier_detection", target, truth, *said)) == pytest.approx(
        {
            "balanced_accuracy": metrics.balanced_accuracy_score(actual, predicted),
            "roc_auc": metrics.roc_auc_score(actual, scores),
            "share_of_outliers": 0.5,
        }
    )
    assert measure("outlier_detection", answers("outlier_detection", target, None, *said)) == {"share_of_outliers": 0.5}
    assert default_metric("outlier_detection", target, has_truth=False) == "share_of_outliers"


def test_clusters_are_measured_by_names_where_there_are_any_and_by_distances() -> None:
    rows = np.array([[0.0, 5.0], [1.0, 5.0], [10.0, 5.0], [11.0, 5.0]])
    points = points_of(rows, [Feature("x", "number"), Feature("constant", "number")])
    assert points is not None
    assert points.shape == (4, 1)
    said = [{"prediction": cluster} for cluster in (1, 1, 0, 0)]
    named = replace(answers("clustering", (Target("t"),), ["x", "x", "y", "z"], *said), space=points)
    assert measure("clustering", named) == pytest.approx(
        {
            "adjusted_rand_score": metrics.adjusted_rand_score([0, 0, 1, 2], [1, 1, 0, 0]),
            "silhouette_score": metrics.silhouette_score(rows[:, :1], [1, 1, 0, 0]),
        }
    )
    alone = replace(answers("clustering", (Target("t"),), None, *said[:2]), space=points[:2])
    assert measure("clustering", alone) == {}


def test_two_values_of_a_category_are_one_standard_deviation_apart_and_a_gap_is_the_mean() -> None:
    rows = np.array([[1.0, "a", "long text"], [3.0, "b", "other"], [None, None, "third"]], dtype=object)
    kinds = [Feature("n", "number"), Feature("c", "category", categories=("a", "b")), Feature("t", "text")]
    points = points_of(rows, kinds)
    assert points is not None
    assert points[:, 0].tolist() == [-1.0, 1.0, 0.0]
    assert np.linalg.norm(points[0, 1:] - points[1, 1:]) == pytest.approx(1.0)


@pytest.mark.parametrize("metric", ["accuracy", "f1_macro", "neg_log_loss", "roc_auc_ovr", "neg_brier_score"])
def test_any_scorer_of_scikit_learn_scores_recorded_answers_as_it_scores_the_model(metric: str) -> None:
    iris = load_iris()
    names = [str(name) for name in iris.target_names]
    model = LogisticRegression(max_iter=30, tol=0.1).fit(iris.data, iris.target)
    said = [
        {"prediction": names[label], "probabilities": dict(zip(names, share, strict=True))}
        for label, share in zip(model.predict(iris.data), model.predict_proba(iris.data).tolist(), strict=True)
    ]
    # In an order that is not that of the alphabet, as a manifest may have them.
    targets = (Target("species", tuple(names)),)
    truth = [names[label] for label in iris.target]
    expected = metrics.get_scorer(metric)(model, iris.data, iris.target)
    assert score(metric, "classification", answers("classification", targets, truth, *said)) == pytest.approx(expected)


def test_a_metric_that_needs_what_the_answers_have_not_is_named() -> None:
    targets = (Target("y", ("no", "yes")),)
    found = answers("classification", targets, ["no", "yes"], {"prediction": "no"}, {"prediction": "yes"})
    with pytest.raises(UnprovedArtifact, match="neg_log_loss cannot be measured"):
        score("neg_log_loss", "classification", found)


def test_whatever_answers_is_an_estimator_of_its_task() -> None:
    targets = (Target("y", ("no", "yes")),)
    said = [{"prediction": "yes", "prediction_index": 1, "probabilities": {"no": 0.2, "yes": 0.8}}]
    estimator = as_estimator("classification", targets, lambda rows: said * len(rows), True)
    assert estimator.predict(np.zeros((2, 1))).tolist() == [1, 1]
    assert estimator.predict_proba(np.zeros((1, 1))).tolist() == [[0.2, 0.8]]
    assert not hasattr(as_estimator("classification", targets, lambda _: said, False), "predict_proba")
