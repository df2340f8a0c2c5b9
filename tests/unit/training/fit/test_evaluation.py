"""The metrics are what their names say, computed here a second time by hand."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.svm import LinearSVC

from tests.unit.training.regression import train_diabetes
from training.fit.evaluation import evaluate
from training.fit.iris import train_iris


def test_a_classification_is_measured_on_the_rows_held_out() -> None:
    model = train_iris()
    assert model.y_test is not None
    predicted = model.estimator.predict(model.x_test)
    likely = model.estimator.predict_proba(model.x_test)[np.arange(30), model.y_test]
    recalls, f1 = [], []
    for index in range(3):
        hit = np.sum((predicted == index) & (model.y_test == index))
        recalls.append(hit / np.sum(model.y_test == index))
        f1.append(2 * hit / (np.sum(predicted == index) + np.sum(model.y_test == index)))
    assert evaluate(model) == pytest.approx(
        {
            "accuracy": np.mean(predicted == model.y_test),
            "balanced_accuracy": np.mean(recalls),
            "f1_macro": np.mean(f1),
            "log_loss": -np.mean(np.log(likely)),
            "rows_tested": 30,
        }
    )
    assert round(evaluate(model)["accuracy"], 4) == 0.9667


def test_a_classifier_without_probabilities_has_no_log_loss() -> None:
    iris = load_iris()
    model = replace(train_iris(), estimator=LinearSVC(max_iter=10_000).fit(iris.data, iris.target))
    assert set(evaluate(model)) == {"accuracy", "balanced_accuracy", "f1_macro", "rows_tested"}


def test_a_regression_is_measured_on_the_rows_held_out() -> None:
    model = train_diabetes()
    assert model.y_test is not None
    errors = model.estimator.predict(model.x_test) - model.y_test
    assert evaluate(model) == pytest.approx(
        {
            "r2": 1 - np.sum(errors**2) / np.sum((model.y_test - np.mean(model.y_test)) ** 2),
            "mean_absolute_error": np.mean(np.abs(errors)),
            "root_mean_squared_error": np.sqrt(np.mean(errors**2)),
            "rows_tested": len(errors),
        }
    )


def test_the_metrics_are_plain_floats() -> None:
    for model in (train_iris(), train_diabetes()):
        assert {type(value) for value in evaluate(model).values()} == {float}
