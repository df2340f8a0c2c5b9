"""Models and their parts: support vectors, calibrations, stackings, labels of any kind, and what is refused."""

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC, LinearSVC, NuSVC

from handler.records.signature import Feature, Target
from tests.unit.training.twin.graphs.answering import (
    graph_model,
    numbers,
    require_classes_equal,
    require_numbers_equal,
)
from training.errors import NoTwin
from training.twin.conversion import convert

RNG = np.random.default_rng(1)
ROWS = RNG.normal(size=(120, 3))
NUMBERS = ROWS @ [1.0, -2.0, 0.5] + RNG.normal(size=120) / 2
TWO = (NUMBERS > 0).astype(int)
THREE = np.digitize(NUMBERS, [-1.0, 1.0])
ASKED = RNG.normal(size=(300, 3)) * 2

CLASSIFIERS: dict[str, Any] = {
    "SVC": SVC(C=2),
    "SVC, ties broken": SVC(break_ties=True),
    "SVC, polynomial": SVC(kernel="poly"),
    "NuSVC": NuSVC(nu=0.2),
    "LinearSVC": LinearSVC(),
    "hard votes": VotingClassifier([("line", LogisticRegression()), ("pairs", SVC())], weights=[1, 2]),
    "soft votes": VotingClassifier([("a", LogisticRegression()), ("b", KNeighborsClassifier())], voting="soft"),
    "a stack with its columns": StackingClassifier([("a", LogisticRegression()), ("b", SVC())], passthrough=True, cv=3),
    "calibrated by steps": CalibratedClassifierCV(SVC(), method="isotonic", cv=3),
    "calibrated by a curve": CalibratedClassifierCV(GradientBoostingClassifier(n_estimators=4), cv=3),
    "calibrated by a temperature": CalibratedClassifierCV(LogisticRegression(), method="temperature", cv=3),
    "a bag of votes": BaggingClassifier(SVC(), 3, max_features=0.7, random_state=0),
    "boosted lines": AdaBoostClassifier(LogisticRegression(), n_estimators=4, random_state=0),
    "neighbours by distance": KNeighborsClassifier(4, weights="distance"),
    "stochastic": SGDClassifier(loss="modified_huber", random_state=0),
}


@pytest.mark.parametrize("target", [TWO, THREE], ids=["two classes", "three classes"])
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_answers_alike(name: str, target: Any) -> None:
    require_classes_equal(clone(CLASSIFIERS[name]).fit(ROWS, target), ASKED, numbers(3))


@pytest.mark.parametrize(
    "labels",
    [[5, -3, 9], ["z", "é", "a"], [0.0, 1.0, 2.0], [False, True, True]],
    ids=["numbers", "texts", "floats", "truth values"],
)
def test_labels_of_any_kind_are_places(labels: list[Any]) -> None:
    target = np.array(labels)[THREE]
    for model in (SVC(), RandomForestClassifier(3, random_state=0), VotingClassifier([("a", LogisticRegression())])):
        require_classes_equal(model.fit(ROWS, target), ASKED, numbers(3))


@pytest.mark.parametrize(
    "target",
    [
        TransformedTargetRegressor(Ridge(), func=np.log1p, inverse_func=np.expm1),
        TransformedTargetRegressor(Ridge(), transformer=StandardScaler()),
    ],
    ids=["functions", "a scaler"],
)
def test_a_target_is_transformed_back(target: Any) -> None:
    require_numbers_equal(target.fit(ROWS, np.abs(NUMBERS)), ASKED, numbers(3))


def test_the_same_estimator_gives_the_same_bytes_and_no_warning() -> None:
    model = make_pipeline(StandardScaler(), CLASSIFIERS["soft votes"]).fit(ROWS, THREE)
    targets = [Target("y", ("0", "1", "2"))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = [convert(model, "classification", numbers(3), targets) for _ in range(2)]
    assert made[0] == made[1]
    assert made[0].input == "float64"


class Derived(LogisticRegression):  # type: ignore[misc] # scikit-learn has no types
    """A model of somebody's own, which may compute something else."""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (Derived(), "Derived cannot be written in ONNX so that it answers exactly."),
        (
            make_pipeline(FunctionTransformer(lambda rows: rows), Ridge()),
            "It calls a function that ONNX does not have.",
        ),
        (
            GradientBoostingClassifier(init=LogisticRegression(), n_estimators=2),
            "Its boosting starts with another model.",
        ),
        (SVC(kernel=lambda one, other: one @ other.T), "Its kernel is a function of its own, or one that is not known"),
    ],
    ids=["derived", "function", "start", "kernel"],
)
def test_what_cannot_be_written_exactly_is_refused_in_our_words(model: Any, reason: str) -> None:
    model.fit(ROWS, TWO)
    with pytest.raises(NoTwin, match="^" + reason.replace(".", r"\.")):
        graph_model(model, "classification", numbers(3), [Target("y", ("0", "1"))])


def test_texts_are_refused() -> None:
    texts = np.array(["good", "bad", "fine", "poor"] * 5, dtype=object)
    model = make_pipeline(TfidfVectorizer(), LogisticRegression()).fit(texts, [1, 0] * 10)
    with pytest.raises(NoTwin, match="Its TfidfVectorizer cuts texts into words"):
        graph_model(model, "classification", [Feature("review", "text")], [Target("y", ("0", "1"))])
