"""Categories, truth values and gaps: a graph that takes strings answers as the pipeline that takes objects."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, VotingClassifier
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    StandardScaler,
    TargetEncoder,
)

from handler.records.signature import Feature, Target
from tests.unit.training.twin.graphs.answering import graph_model, numbers, require_classes_equal
from training.errors import NoTwin

RNG = np.random.default_rng(0)
COUNT = 200
PLANS = ("basic", "plus", "pro", "éàü")
CODES = (3, 7, 11)
FEATURES = (
    Feature("age", "number", nullable=True),
    Feature("plan", "category", nullable=True, categories=PLANS, allow_unknown=True),
    Feature("income", "number"),
    Feature("area", "category", categories=CODES),
    Feature("alone", "boolean"),
)


def rows_of(count: int, *, unseen: bool = False) -> NDArray[Any]:
    """Rows as serving holds them: of objects, a gap None, or NaN for a number."""
    rows = np.empty((count, 5), dtype=object)
    rows[:, 0] = np.where(RNG.random(count) < 0.2, np.nan, RNG.normal(40, 10, count)).tolist()
    plans = [*PLANS, None, *(["never", "other"] if unseen else [])]
    rows[:, 1] = [plans[place] for place in RNG.integers(len(plans), size=count)]
    rows[:, 2] = RNG.gamma(2.0, 1000.0, count).tolist()
    rows[:, 3] = [CODES[place] for place in RNG.integers(3, size=count)]
    rows[:, 4] = [bool(said) for said in RNG.random(count) < 0.5]
    return rows


ROWS = rows_of(COUNT)
TARGET = np.array(
    [(row[1] == "pro") + (row[3] == 7) + (row[2] > 2000) + RNG.random() > 1.2 for row in ROWS.tolist()]
).astype(int)


def known() -> OrdinalEncoder:
    return OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)


PIPELINES: dict[str, tuple[Any, Any]] = {
    "histogram boosting with categories, as train makes it": (
        [("n", StandardScaler(), [0, 2, 4]), ("c", known(), [1, 3])],
        HistGradientBoostingClassifier(max_iter=8, min_samples_leaf=4, categorical_features=[3, 4]),
    ),
    "one column for each category": (
        [
            ("n", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), [2, 0]),
            ("c", OneHotEncoder(handle_unknown="ignore"), [3, 1]),
            ("b", "passthrough", [4]),
        ],
        LogisticRegression(max_iter=500),
    ),
    "rare categories in one column": (
        [
            ("n", SimpleImputer(add_indicator=True), [0, 2]),
            ("c", OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=45), [1, 3]),
        ],
        ExtraTreesClassifier(5, random_state=0),
    ),
    "a text for a gap": (
        [
            ("n", SimpleImputer(), [0]),
            (
                "c",
                make_pipeline(SimpleImputer(missing_values=None, strategy="constant", fill_value="none"), known()),
                [1],
            ),
        ],
        HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=4),
    ),
    "means of the target": (
        [("t", TargetEncoder(cv=KFold(3, shuffle=True, random_state=0)), [3, 4]), ("n", StandardScaler(), [2])],
        VotingClassifier([("bayes", GaussianNB()), ("line", LogisticRegression())], voting="soft"),
    ),
    "codes that are numbers": ([("n", StandardScaler(), [3, 4, 2])], LogisticRegression()),
}


@pytest.mark.parametrize("name", PIPELINES)
def test_a_graph_of_categories_answers_as_its_pipeline(name: str) -> None:
    steps, estimator = PIPELINES[name]
    pipeline = Pipeline([("columns", ColumnTransformer(steps)), ("model", estimator)]).fit(ROWS, TARGET)
    require_classes_equal(pipeline, rows_of(300, unseen=True), FEATURES)


def test_histogram_boosting_that_takes_numbers_for_categories_answers_alike() -> None:
    rows = np.column_stack([RNG.integers(0, 12, COUNT) * 3.0, RNG.normal(size=COUNT)])
    rows[::9, 0] = np.nan
    target = (rows[:, 0] % 7 > 3).astype(int)
    model = HistGradientBoostingClassifier(max_iter=10, min_samples_leaf=2, categorical_features=[0]).fit(rows, target)
    used = sum(predictor.nodes["is_categorical"].sum() for stage in model._predictors for predictor in stage)
    assert used > 5
    asked = np.column_stack([np.arange(-10.0, 50.0, 0.5), np.zeros(120)])
    asked[::11, 0] = np.nan
    require_classes_equal(model, asked, numbers(2))


@pytest.mark.parametrize(
    "step",
    [
        KNNImputer(n_neighbors=3, add_indicator=True),
        make_pipeline(SimpleImputer(), QuantileTransformer(n_quantiles=10)),
        make_pipeline(
            SimpleImputer(), KBinsDiscretizer(encode="onehot-dense", quantile_method="averaged_inverted_cdf")
        ),
        make_pipeline(SimpleImputer(), PowerTransformer()),
        make_pipeline(SimpleImputer(), PolynomialFeatures(2)),
        make_pipeline(SimpleImputer(), FeatureUnion([("a", StandardScaler()), ("b", FunctionTransformer(np.square))])),
    ],
    ids=lambda step: type(step).__name__,
)
def test_a_step_on_numbers_answers_alike(step: Any) -> None:
    rows = np.array(ROWS[:, [0, 2]], dtype=np.float64)
    model = make_pipeline(step, StandardScaler(), LogisticRegression()).fit(rows, TARGET)
    require_classes_equal(model, np.array(rows_of(200)[:, [0, 2]], dtype=np.float64), numbers(2))


def test_codes_that_training_did_not_see_must_not_count_as_numbers() -> None:
    open_codes = [Feature("area", "category", categories=CODES, allow_unknown=True)]
    rows = np.array([[3], [7], [11]] * 10, dtype=object)
    model = LogisticRegression().fit(rows, [0, 1, 1] * 10)
    with pytest.raises(NoTwin, match="takes each as a number"):
        graph_model(model, "classification", open_codes, [Target("y", ("0", "1"))])


def test_an_empty_text_beside_a_gap_is_refused() -> None:
    twice = [Feature("plan", "category", nullable=True, categories=("", "a"))]
    model = make_pipeline(OneHotEncoder(), LogisticRegression())
    model.fit(np.array([[""], ["a"], [None]] * 5, dtype=object), [0, 1, 1] * 5)
    with pytest.raises(NoTwin, match="empty text"):
        graph_model(model, "classification", twice, [Target("y", ("0", "1"))])
