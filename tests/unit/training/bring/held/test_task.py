"""A fitted estimator says which task it has, how many targets and with which labels, or why it is not served."""

from typing import Any

import numpy as np
import pytest
from sklearn.cluster import DBSCAN, AffinityPropagation, Birch, KMeans
from sklearn.cross_decomposition import PLSRegression
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.mixture import BayesianGaussianMixture
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.unit.training.packaging import IRIS, fitted_iris
from training.bring.held.refused import Refused
from training.bring.held.task import Outputs, outputs_of, require_predictor

X, Y = IRIS.data, IRIS.target
LOGISTIC = LogisticRegression(max_iter=300)
LABELS = np.column_stack([Y > 0, Y > 1]).astype(int)
TWO = np.column_stack([Y, Y > 1])

pytestmark = pytest.mark.filterwarnings("ignore")


def outputs(model: Any, classed: int = 0) -> Outputs:
    return outputs_of(model, require_predictor(model), np.asarray(model.predict(X)), classed)


def test_what_detects_outliers_or_clusters_has_that_task_at_the_end_of_a_pipeline_too() -> None:
    for model in (IsolationForest(n_estimators=2), LocalOutlierFactor(novelty=True)):
        for whole in (model, make_pipeline(StandardScaler(), model)):
            assert outputs(whole.fit(X)) == Outputs("outlier_detection", ((),))
    for model in (KMeans(3, n_init=1), Birch(n_clusters=3), BayesianGaussianMixture(n_components=3)):
        for whole in (model, make_pipeline(StandardScaler(), model)):
            assert outputs(whole.fit(X)) == Outputs("clustering", ((0, 1, 2),))


def test_a_clustering_that_did_not_converge_has_its_one_answer() -> None:
    assert outputs(AffinityPropagation(max_iter=1, random_state=0).fit(X)) == Outputs("clustering", ((-1,),))


def test_a_regression_of_one_column_has_one_target_and_of_more_several() -> None:
    assert outputs(LinearRegression().fit(X, X[:, :1])) == Outputs("regression", ((),))
    assert outputs(PLSRegression(1).fit(X, X[:, 0])) == Outputs("regression", ((),))
    assert outputs(PLSRegression(1).fit(X, X[:, :2])) == Outputs("several_targets", ((), ()))


@pytest.mark.parametrize(
    "model",
    [
        MultiOutputClassifier(LOGISTIC),
        OneVsRestClassifier(LOGISTIC),
        KNeighborsClassifier(),
        RandomForestClassifier(n_estimators=2),
    ],
    ids=lambda model: type(model).__name__,
)
def test_columns_of_zeros_and_ones_are_labels(model: Any) -> None:
    assert outputs(model.fit(X, LABELS)) == Outputs("multilabel", ((0, 1),))


def test_columns_of_zeros_and_ones_are_targets_where_the_classes_of_each_are_named() -> None:
    model = MultiOutputClassifier(LOGISTIC).fit(X, LABELS)
    assert outputs(model, classed=2) == Outputs("several_targets", ((0, 1), (0, 1)))


def test_columns_of_other_classes_are_targets() -> None:
    assert outputs(KNeighborsClassifier().fit(X, TWO)) == Outputs("several_targets", ((0, 1, 2), (0, 1)))


def test_one_output_is_one_target() -> None:
    assert outputs(MultiOutputClassifier(LOGISTIC).fit(X, Y[:, None])) == Outputs("classification", ((0, 1, 2),))


REFUSED = [
    (IRIS, "Bunch, not an estimator"),
    (LogisticRegression(), "not fitted"),
    (StandardScaler().fit(X), "neither classifies nor regresses: it is a transformer"),
    (DBSCAN().fit(X), r"a DBSCAN, which groups .* KNeighborsClassifier\(\).fit\(X, model.labels_\)"),
    (make_pipeline(StandardScaler(), DBSCAN()).fit(X), "a DBSCAN, which groups"),
    (LocalOutlierFactor().fit(X), "novelty=True"),
    (DummyClassifier().fit(X, np.zeros(150)), "one class only"),
]


@pytest.mark.parametrize(("model", "sentence"), REFUSED, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_not_served_is_refused_with_what_to_do(model: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        outputs(model)


def test_a_classification_has_its_classes() -> None:
    model = fitted_iris()
    assert outputs(model) == Outputs("classification", (tuple(model.classes_.tolist()),))
