"""A label is looked up among the model's classes: what is no class is told, and never becomes another class."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from handler.errors.model import UnloadableArtifact
from handler.records.signature import Example
from tests.unit.handler.asking import Answer, ask, open_application, predict_event
from tests.unit.handler.models import version_with

X, Y = load_iris(return_X_y=True)
NAMES = ("setosa", "versicolor", "virginica")
ROW = X[75].tolist()
FAR = [99.0, 99.0, 99.0, 99.0]

pytestmark = pytest.mark.filterwarnings("ignore:Outlier label:UserWarning")  # ours to see in the answer


def answered(root: Path, estimator: Any, document: object, classes: Sequence[str] = NAMES) -> Answer:
    """The API's answer to `document` by a model that is served from `root`."""
    application = open_application(MODEL_URI=str(version_with(estimator, ROW, classes=classes).write(root)))
    return ask(application, predict_event(document))


def neighbours(outlier_label: int) -> Any:
    """Neighbours within a radius, and a label for what has none; behind a scaler, as `train` makes it."""
    model = RadiusNeighborsClassifier(radius=1.0, outlier_label=outlier_label)
    return make_pipeline(StandardScaler(), model).fit(X, Y)


@pytest.mark.parametrize("label", [-1, 9, 1_000])
def test_a_label_that_is_no_class_is_a_422_with_its_row(tmp_path: Path, label: int) -> None:
    answer = answered(tmp_path, neighbours(label), {"instances": [ROW, FAR, ROW, FAR]})
    assert (answer.status, answer.body["code"]) == (422, "no_class")
    assert [(problem["row"], problem["feature"]) for problem in answer.body["details"]] == [(1, None), (3, None)]


@pytest.mark.parametrize("label", [-1, 9])
def test_one_row_of_no_class_is_a_422_too(tmp_path: Path, label: int) -> None:
    answer = answered(tmp_path, neighbours(label), {"features": FAR})
    assert (answer.status, answer.body["code"]) == (422, "no_class")


@pytest.mark.parametrize("label", [-1, 9])
def test_rows_that_have_a_class_are_answered_by_such_a_model(tmp_path: Path, label: int) -> None:
    answer = answered(tmp_path, neighbours(label), {"features": ROW})
    assert (answer.status, answer.body["prediction"]) == (200, "versicolor")


def test_classes_in_any_order_answer_the_class_of_their_probability(tmp_path: Path) -> None:
    model = LogisticRegression(max_iter=500).fit(X, Y)
    model.classes_ = np.array(["low", "high", "middle"])
    row = {"instances": X[::30].tolist()}
    answer = answered(tmp_path, model, row, ("low", "high", "middle"))
    assert answer.status == 200, answer.text
    for told in answer.body["predictions"]:
        assert told["probabilities"][told["prediction"]] == max(told["probabilities"].values())
        assert ("low", "high", "middle")[told["prediction_index"]] == told["prediction"]


@pytest.mark.parametrize("probabilities", [True, False])
def test_a_manifest_that_names_the_model_s_texts_in_another_order_is_not_served(probabilities: bool) -> None:
    words = np.array(NAMES)[Y]
    model = (LogisticRegression(max_iter=500) if probabilities else LinearSVC()).fit(X, words)
    version = version_with(model, ROW, classes=NAMES)
    example = version.manifest.example
    order = ("versicolor", "setosa", "virginica")
    shares = example.probabilities and dict(zip(order, example.probabilities.values(), strict=True))
    told = Example(example.features, "setosa", example.prediction_index, shares)
    swapped = version.changed(target=replace(version.manifest.target, classes=order), example=told)
    with pytest.raises(UnloadableArtifact, match="in another order"):
        swapped.load()


def test_a_model_that_has_a_class_twice_is_not_served() -> None:
    model = LogisticRegression(max_iter=500).fit(X, Y)
    version = version_with(model, ROW, classes=NAMES)
    model.classes_ = np.array([0, 1, 1])
    twice = version_with(model, ROW, classes=NAMES)
    with pytest.raises(UnloadableArtifact, match="twice"):
        twice.changed(example=version.manifest.example).load()


def test_probabilities_of_another_number_of_classes_are_not_served() -> None:
    model = LogisticRegression(max_iter=500).fit(X, Y)
    version = version_with(model, ROW, classes=NAMES)
    model.classes_ = np.array([0, 1, 2, 3])
    example = version.manifest.example
    with pytest.raises(UnloadableArtifact, match="3 probabilities for 4 classes"):
        version_with(model, ROW, classes=(*NAMES, "a rose"), example=example).load()


def test_number_labels_may_be_named_by_anything() -> None:
    model = LogisticRegression(max_iter=500).fit(X, 10.0 * Y)
    answer = version_with(model, ROW, classes=("c", "b", "a")).load().predict(X[75:76])[0]
    assert answer["prediction"] == "b"


def test_true_and_false_are_labels_as_any() -> None:
    model = LogisticRegression(max_iter=500).fit(X, Y == 2)
    answer = version_with(model, ROW, classes=("False", "True")).load().predict(X[[0, 149]])
    assert [told["prediction"] for told in answer] == ["False", "True"]
