"""The gate catches wrong conversions: those that skl2onnx makes in silence, and those that are planted here."""

from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from tests.unit.training.twin.cases import Change, attributes, gate_of, initializer, plain_graph
from training.errors import NoTwin
from training.twin.gate import Gate

X, Y = make_classification(400, 6, n_informative=5, n_redundant=0, random_state=0)
GAPPED = X.copy()
GAPPED[::7, 1] = np.nan
DRAW = np.random.default_rng(0)
TEXTS = np.column_stack([DRAW.choice(["basic", "plus", "pro", "team"], 300), DRAW.choice(["north", "süd"], 300)])
TEXTS = TEXTS.astype(object)
CHURNED = ((TEXTS[:, 0] == "basic") | (DRAW.random(300) < 0.3)).astype(int)
DAY = 86_400


def fitted_forest() -> RandomForestClassifier:
    return RandomForestClassifier(100, max_depth=4, random_state=0).fit(X, Y)


def fitted_pipeline() -> Any:
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression()).fit(GAPPED, Y)


@pytest.fixture(scope="module")
def forest() -> tuple[RandomForestClassifier, Gate]:
    estimator = fitted_forest()
    return estimator, gate_of(estimator, X, Y)


@pytest.fixture(scope="module")
def pipeline() -> tuple[Any, Gate]:
    estimator = fitted_pipeline()
    return estimator, gate_of(estimator, GAPPED, Y)


@pytest.fixture(scope="module")
def encoded() -> tuple[Any, Gate]:
    estimator = make_pipeline(OneHotEncoder(), LogisticRegression()).fit(TEXTS, CHURNED)
    return estimator, gate_of(estimator, TEXTS, CHURNED)


def shift_thresholds(model: onnx.ModelProto) -> None:
    values = attributes(model, "TreeEnsembleClassifier")["nodes_values"]
    shifted = np.nextafter(np.array(values.floats, dtype=np.float32), np.float32(np.inf))
    del values.floats[:]
    values.floats.extend(shifted.tolist())


def change_a_leaf(model: onnx.ModelProto) -> None:
    weights = attributes(model, "TreeEnsembleClassifier")["class_weights"].floats
    place = int(np.argmin(np.abs(np.array(weights) - 0.005)))  # of one tree of a hundred, and no pure leaf
    weights[place] += 0.003


def swap_classes(model: onnx.ModelProto) -> None:
    labels, shares = model.graph.output
    order = initializer(model, np.array([1, 0]), "order")
    one = initializer(model, np.array([1]), "one")
    model.graph.node.append(helper.make_node("Gather", [shares.name, order], ["swapped shares"], axis=1))
    model.graph.node.append(helper.make_node("Sub", [one, labels.name], ["swapped labels"]))
    labels.name, shares.name = "swapped labels", "swapped shares"


def fill_gaps_with_0(model: onnx.ModelProto) -> None:
    filled = attributes(model, "Imputer")["imputed_value_floats"]
    count = len(filled.floats)
    del filled.floats[:]
    filled.floats.extend([0.0] * count)


def mistake_a_category(model: onnx.ModelProto) -> None:
    encoder = next(node for node in model.graph.node if node.op_type == "OneHotEncoder")
    known = next(attribute for attribute in encoder.attribute if attribute.name == "cats_strings").strings
    known[0], known[1] = known[1], known[0]


def whole(_: onnx.ModelProto) -> None:
    """Nothing is changed."""


@pytest.mark.parametrize(
    ("model", "change", "texts"),
    [("forest", whole, False), ("pipeline", whole, False), ("encoded", whole, True)],
)
def test_a_sound_conversion_passes(model: str, change: Change, texts: bool, request: pytest.FixtureRequest) -> None:
    estimator, gate = request.getfixturevalue(model)
    parity = gate.admit(plain_graph(estimator, estimator.n_features_in_, change, texts=texts))
    assert parity.rows >= 2040
    assert parity.largest_difference < parity.bound == 1e-5


@pytest.mark.parametrize(
    ("model", "change", "texts"),
    [
        ("forest", shift_thresholds, False),
        ("forest", change_a_leaf, False),
        ("forest", swap_classes, False),
        ("pipeline", fill_gaps_with_0, False),
        ("pipeline", swap_classes, False),
        ("encoded", mistake_a_category, True),
    ],
)
def test_a_planted_mistake_is_caught(model: str, change: Change, texts: bool, request: pytest.FixtureRequest) -> None:
    estimator, gate = request.getfixturevalue(model)
    with pytest.raises(NoTwin, match="otherwise: probabilities by up to"):
        gate.admit(plain_graph(estimator, estimator.n_features_in_, change, texts=texts))


def test_a_threshold_that_is_one_step_off_shows_at_thresholds_alone(
    forest: tuple[RandomForestClassifier, Gate],
) -> None:
    estimator, gate = forest
    ordinary, boundary = gate.differences(plain_graph(estimator, 6, shift_thresholds))
    assert ordinary.outside == 0
    assert boundary.outside > boundary.rows / 10


def test_a_step_that_is_left_out_is_caught(pipeline: tuple[Any, Gate]) -> None:
    estimator, gate = pipeline
    with pytest.raises(NoTwin, match="probabilities by up to"):
        gate.admit(plain_graph(make_pipeline(estimator[0], estimator[2]), 6))


def test_histogram_boosting_in_32_bits_is_wrong_at_its_thresholds_and_nowhere_else() -> None:
    estimator = HistGradientBoostingClassifier(max_iter=30, random_state=0).fit(X, Y)
    gate = gate_of(estimator, X, Y)
    graph = plain_graph(estimator, 6)
    ordinary, boundary = gate.differences(graph)
    assert (ordinary.outside, ordinary.near_a_tie) == (0, 0)
    assert ordinary.largest < 1e-6
    assert boundary.outside > boundary.rows / 20
    assert boundary.largest > 0.1
    with pytest.raises(NoTwin, match=r"0 of 2,\d\d\d ordinary rows"):
        gate.admit(graph)


def test_histogram_boosting_on_categories_taken_for_numbers_is_caught_on_ordinary_rows() -> None:
    codes = np.random.default_rng(1).integers(8, size=(400, 1)).astype(float)
    rows = np.hstack([codes, X[:, :2]])
    truth = np.isin(codes[:, 0], [1, 4, 6]).astype(int) ^ (X[:, 0] > 1)
    estimator = HistGradientBoostingClassifier(max_iter=10, categorical_features=[0], random_state=0).fit(rows, truth)
    ordinary, _ = gate_of(estimator, rows, truth).differences(plain_graph(estimator, 3))
    assert ordinary.outside > ordinary.rows / 100
    assert ordinary.largest > 0.1


def test_a_tie_that_falls_the_other_way_is_counted_and_no_mistake() -> None:
    estimator = ExtraTreesClassifier(10, random_state=0).fit(X, Y)  # whole trees: each has one vote
    graph = plain_graph(estimator, 6, the_other_way_at_a_tie)
    parity = gate_of(estimator, X, Y).admit(graph)
    assert parity.labels_differing > 10


def the_other_way_at_a_tie(model: onnx.ModelProto) -> None:
    """The second class wins where both have as much."""
    labels, shares = model.graph.output
    model.graph.node.append(
        helper.make_node("ArgMax", [shares.name], ["later"], axis=1, keepdims=0, select_last_index=1)
    )
    labels.name = "later"


def test_a_label_that_differs_where_nothing_is_near_a_tie_is_a_mistake() -> None:
    estimator = LogisticRegression().fit(X, Y)
    with pytest.raises(NoTwin, match=r"otherwise: the label\.$"):
        gate_of(estimator, X, Y).admit(plain_graph(estimator, 6, contrary_labels))


def contrary_labels(model: onnx.ModelProto) -> None:
    labels = model.graph.output[0]
    one = initializer(model, np.array([1]), "one")
    model.graph.node.append(helper.make_node("Sub", [one, labels.name], ["contrary"]))
    labels.name = "contrary"


@pytest.fixture(scope="module")
def regression() -> tuple[NDArray[Any], NDArray[Any]]:
    rows, truth = make_regression(300, 4, noise=1, random_state=0)
    return rows, truth


def test_seconds_since_1970_do_not_fit_into_32_bits(regression: tuple[NDArray[Any], NDArray[Any]]) -> None:
    rows, truth = regression
    seconds = 1_780_000_000 + DAY * truth
    estimator = Ridge().fit(rows, seconds)
    with pytest.raises(NoTwin, match="prediction by up to"):
        gate_of(estimator, rows, seconds, "regression").admit(plain_graph(estimator, 4))


def test_the_same_regression_of_small_numbers_passes(regression: tuple[NDArray[Any], NDArray[Any]]) -> None:
    rows, truth = regression
    estimator = Ridge().fit(rows, truth)
    parity = gate_of(estimator, rows, truth, "regression").admit(plain_graph(estimator, 4))
    assert (parity.labels_differing, parity.boundary_rows) == (0, 0)
