"""What is not drawn here is left to skl2onnx, and held to the same bounds."""

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from handler.records.signature import Task
from tests.unit.training.twin.cases import built
from training.errors import NoTwin
from training.twin.conversion import candidates
from training.twin.converted import converted
from training.twin.drawn_classes import ANSWERING
from training.twin.making import twin_of
from training.twin.outcome import Outcome, Twin, WithoutTwin

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(200, 3))
SIGNS = (X[:, 0] > 0).astype(int)
NAMES = np.where(X[:, 1] > 0, "over", "under").astype(object)


def twin(estimator: Any, truth: NDArray[Any], task: Task) -> Outcome:
    artifact = built(estimator, X, truth, task)
    return twin_of(artifact, X[:40].tolist(), seed=0)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if these classes were new in scikit-learn."""
    for known in (LogisticRegression, Ridge, KMeans, LocalOutlierFactor, HistGradientBoostingClassifier):
        monkeypatch.delitem(ANSWERING, known)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("estimator", "truth", "task"),
    [
        (LogisticRegression(), SIGNS, "classification"),
        (LogisticRegression(), NAMES, "classification"),
        (LogisticRegression(), SIGNS > 0, "classification"),
        (Ridge(), X[:, 2] - X[:, 0], "regression"),
        (LocalOutlierFactor(novelty=True), SIGNS, "outlier_detection"),
    ],
    ids=["numbers", "texts", "truths", "regression", "outliers"],
)
def test_a_class_that_is_not_drawn_gets_the_graph_of_skl2onnx_in_64_bits_if_it_passes(
    estimator: BaseEstimator, truth: NDArray[Any], task: Task
) -> None:
    found = twin(estimator.fit(X, truth), truth, task)
    assert isinstance(found, Twin), found
    assert (found.input, found.parity.largest_difference < 1e-9) == ("float64", True)


@pytest.mark.usefixtures("undrawn")
def test_what_skl2onnx_converts_otherwise_than_the_model_is_refused_by_the_rows_at_thresholds() -> None:
    model = HistGradientBoostingClassifier(max_iter=20).fit(X, SIGNS)
    found = twin(model, SIGNS, "classification")
    assert isinstance(found, WithoutTwin)
    assert "Its graph answers 0 of" in found.reason
    assert "at thresholds of trees otherwise" in found.reason


@pytest.mark.usefixtures("undrawn")
def test_a_clustering_gives_its_distances() -> None:
    graphs = {form: data for data, form in converted(KMeans(2, n_init=1).fit(X), "clustering", 3)}
    assert list(graphs) == ["float64", "float32"]
    assert all(b"scores" in data for data in graphs.values())


def test_the_filters_of_warnings_are_the_caller_s_own_while_it_looks_at_a_graph() -> None:
    before = list(warnings.filters)
    assert [list(warnings.filters) for _ in converted(Ridge().fit(X, X[:, 0]), "regression", 3)] == [before, before]


def test_the_same_model_has_the_same_bytes() -> None:
    model = Ridge().fit(X, X[:, 0])
    assert [*converted(model, "regression", 3)] == [*converted(model, "regression", 3)]


class Unknown(Ridge):  # type: ignore[misc] # scikit-learn has no types
    """A class that neither side knows."""


def test_where_skl2onnx_knows_no_more_the_reason_of_the_drawing_stays() -> None:
    model = Unknown().fit(X, X[:, 0])
    manifest = built(model, X, X[:, 0], "regression").manifest
    with pytest.raises(NoTwin, match="cannot be written in ONNX"):
        next(candidates(model, "regression", manifest.features, manifest.targets))


def test_rows_with_texts_and_several_answers_are_not_given_to_it() -> None:
    assert [*converted(Ridge().fit(X, X[:, :2]), "several_targets", 3)] == []
    rows = np.column_stack([X[:, 0].astype(object), NAMES])
    steps = ColumnTransformer([("texts", OneHotEncoder(), [1])], remainder="passthrough")
    model = make_pipeline(steps, Unknown()).fit(rows, X[:, 2])
    manifest = built(model, rows, X[:, 2], "regression").manifest
    with pytest.raises(NoTwin, match="cannot be written in ONNX"):
        next(candidates(model, "regression", manifest.features, manifest.targets))
