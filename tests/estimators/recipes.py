"""How each public estimator is made and on which data it is fitted; what is not said here is made without arguments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sklearn.cluster
from sklearn import ensemble, linear_model, multioutput
from sklearn.base import is_classifier, is_clusterer, is_outlier_detector
from sklearn.dummy import DummyClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 - scikit-learn asks for it
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, ExtraTreeRegressor
from sklearn.utils import all_estimators, get_tags

from tests.estimators import data
from tests.estimators.data import DataOf


@dataclass(frozen=True)
class Recipe:
    """An estimator by its public name, a way to make it, and the data to fit it on."""

    name: str
    make: Callable[[], Any]
    data: DataOf

    def fitted(self) -> Any:
        """The estimator, fitted."""
        known = self.data()
        return self.make().fit(known.x) if known.y is None else self.make().fit(known.x, known.y)


LOGISTIC = LogisticRegression(max_iter=300)
FEW: dict[str, Any] = {"n_estimators": 5, "random_state": 0}
MOST_ITERATIONS = 300
C = {"C": [0.5, 2.0]}
PAIR = [("logistic", LOGISTIC), ("tree", DecisionTreeClassifier(max_depth=2, random_state=0))]
PAIR_OF_NUMBERS = [("ridge", Ridge()), ("tree", ExtraTreeRegressor(max_depth=2, random_state=0))]

SEARCH = {"estimator": LOGISTIC, "param_grid": C, "cv": 3}
OF_LOGISTIC = {"estimator": LOGISTIC}
OF_RIDGE = {"estimator": Ridge()}
TWO_COMPONENTS = {"n_components": 2}

GIVEN: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("GridSearchCV", "HalvingGridSearchCV"), SEARCH),
    "RandomizedSearchCV": {"estimator": LOGISTIC, "param_distributions": C, "cv": 3, "n_iter": 2},
    "HalvingRandomSearchCV": {"estimator": LOGISTIC, "param_distributions": C, "cv": 3},
    "VotingClassifier": {"estimators": PAIR},
    "VotingRegressor": {"estimators": PAIR_OF_NUMBERS},
    "StackingClassifier": {"estimators": PAIR, "cv": 3},
    "StackingRegressor": {"estimators": PAIR_OF_NUMBERS, "cv": 3},
    **dict.fromkeys(
        ("MultiOutputRegressor", "RegressorChain"),
        OF_RIDGE,
    ),
    "TransformedTargetRegressor": {"regressor": Ridge()},
    **dict.fromkeys(
        (
            *("MultiOutputClassifier", "ClassifierChain", "OneVsRestClassifier", "OneVsOneClassifier"),
            *("OutputCodeClassifier", "SelfTrainingClassifier", "RFE", "RFECV", "FixedThresholdClassifier"),
            "TunedThresholdClassifierCV",
        ),
        OF_LOGISTIC,
    ),
    "Pipeline": {"steps": [("scale", StandardScaler()), ("logistic", LOGISTIC)]},
    "FrozenEstimator": {"estimator": LOGISTIC.fit(data.classes().x, data.classes().y)},
    "LocalOutlierFactor": {"novelty": True},
    "RadiusNeighborsClassifier": {"radius": 3.0},
    "RadiusNeighborsRegressor": {"radius": 3.0},
    "QuantileRegressor": {"solver": "highs"},
    **dict.fromkeys(("CCA", "PLSCanonical", "PLSRegression"), TWO_COMPONENTS),
    "NuSVC": {"nu": 0.3},
    "MLPRegressor": {"hidden_layer_sizes": [5]},
    "MLPClassifier": {"hidden_layer_sizes": [5]},
    "GaussianMixture": {"n_components": 3},
    "BayesianGaussianMixture": {"n_components": 3},
}
"""What some cannot do without, or would take long without."""

FITTED_ON: dict[str, DataOf] = {
    **dict.fromkeys(("FixedThresholdClassifier", "TunedThresholdClassifierCV"), data.two_classes),
    **dict.fromkeys(("CategoricalNB", "ComplementNB", "MultinomialNB"), data.counts),
    "SelfTrainingClassifier": data.partly_labelled,
    **dict.fromkeys(("LabelPropagation", "LabelSpreading"), data.partly_labelled),
    "IsotonicRegression": data.one_number,
    **dict.fromkeys(
        (
            *("CCA", "PLSCanonical", "PLSRegression", "MultiOutputRegressor", "RegressorChain"),
            *("MultiTaskElasticNet", "MultiTaskElasticNetCV", "MultiTaskLasso", "MultiTaskLassoCV"),
        ),
        data.two_numbers,
    ),
    "MultiOutputClassifier": data.two_classes_at_once,
    "ClassifierChain": data.labels,
}

MORE: tuple[Recipe, ...] = (
    Recipe("OneVsRestClassifier, several labels", lambda: OneVsRestClassifier(LOGISTIC), data.labels),
    Recipe("OneVsRestClassifier of LinearSVC", lambda: OneVsRestClassifier(LinearSVC()), data.classes),
    Recipe("MultiOutputClassifier, several labels", lambda: multioutput.MultiOutputClassifier(LOGISTIC), data.labels),
    Recipe("KNeighborsClassifier, several labels", KNeighborsClassifier, data.labels),
    Recipe("OneVsRestClassifier, several labels, sparse", lambda: OneVsRestClassifier(LOGISTIC), data.sparse_labels),
    Recipe("KNeighborsClassifier, several targets", KNeighborsClassifier, data.two_classes_at_once),
    Recipe(
        "RadiusNeighborsClassifier, several targets", lambda: RadiusNeighborsClassifier(3.0), data.two_classes_at_once
    ),
    Recipe("DecisionTreeClassifier, several labels", DecisionTreeClassifier, data.labels),
    Recipe("RandomForestClassifier, several labels", lambda: ensemble.RandomForestClassifier(**FEW), data.labels),
    Recipe(
        "RandomForestClassifier, several targets",
        lambda: ensemble.RandomForestClassifier(**FEW),
        data.two_classes_at_once,
    ),
    Recipe("RandomForestRegressor, several targets", lambda: ensemble.RandomForestRegressor(**FEW), data.two_numbers),
    Recipe("MLPClassifier, several labels", lambda: MLPClassifier([5], max_iter=50, random_state=0), data.labels),
    Recipe("RidgeClassifier, several labels", RidgeClassifier, data.labels),
    Recipe(
        "StackingClassifier, several labels",
        lambda: ensemble.StackingClassifier([("near", KNeighborsClassifier())], KNeighborsClassifier(), cv=3),
        data.labels,
    ),
    Recipe("DummyClassifier, several targets", DummyClassifier, data.two_classes_at_once),
    Recipe("LinearRegression, several targets", linear_model.LinearRegression, data.two_numbers),
    Recipe("SVC, pairs of classes", lambda: SVC(decision_function_shape="ovo"), data.classes),
    Recipe(
        "KMeans in a Pipeline",
        lambda: make_pipeline(StandardScaler(), sklearn.cluster.KMeans(3, random_state=0)),
        data.no_target,
    ),
    Recipe(
        "IsolationForest in a Pipeline",
        lambda: make_pipeline(StandardScaler(), ensemble.IsolationForest(**FEW)),
        data.no_target,
    ),
)
"""What one estimator can be beside what its class' recipe makes of it."""


def recipes() -> Iterator[Recipe]:
    """One for every public estimator that has predict, then MORE."""
    for name, kind in all_estimators():
        if hasattr(kind, "predict"):
            yield Recipe(name, _maker(name, kind), FITTED_ON.get(name) or _data_for(kind, name))
    yield from MORE


def without_predict() -> list[tuple[str, type]]:
    """The public clusterers and detectors of outliers that answer for the rows that they were fitted to alone."""
    return [
        (name, kind) for name, kind in all_estimators() if hasattr(kind, "fit_predict") and not hasattr(kind, "predict")
    ]


def _maker(name: str, kind: Any) -> Callable[[], Any]:
    """Makes one that is fitted soon, and the same each time."""

    def make() -> Any:
        estimator = kind(**GIVEN.get(name, {}))
        settable = estimator.get_params(deep=False)
        chosen = {key: value for key, value in FEW.items() if key in settable}
        if isinstance(settable.get("max_iter"), int) and settable["max_iter"] > MOST_ITERATIONS:
            chosen["max_iter"] = MOST_ITERATIONS
        return estimator.set_params(**chosen)

    return make


def _data_for(kind: Any, name: str) -> DataOf:
    estimator = kind(**GIVEN.get(name, {}))
    if is_clusterer(estimator) or is_outlier_detector(estimator):
        return data.no_target
    if get_tags(estimator).estimator_type == "density_estimator":
        return data.no_target
    return data.classes if is_classifier(estimator) else data.numbers
