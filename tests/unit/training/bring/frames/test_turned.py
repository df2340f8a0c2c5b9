"""A model that was fitted to a DataFrame answers the same from JSON once it is turned: to the last bit."""

import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    StandardScaler,
    TargetEncoder,
)

from tests.unit.training.bring.frames.turning import Turned, passengers, refusal, survived, turned
from training.pickles.imports import inspect_pickle

pytestmark = pytest.mark.filterwarnings("ignore")


def numbers() -> Pipeline:
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler())


def texts() -> Pipeline:
    return make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))


def by_name(**options: Any) -> ColumnTransformer:
    return ColumnTransformer([("n", numbers(), ["age", "fare"]), ("c", texts(), ["sex", "embarked"])], **options)


def logistic(before: Any) -> Pipeline:
    return make_pipeline(before, LogisticRegression(max_iter=300))


def forest(before: Any) -> Pipeline:
    return make_pipeline(before, RandomForestClassifier(10, random_state=0))


def selected() -> ColumnTransformer:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return ColumnTransformer(
        [
            ("n", numbers(), make_column_selector(dtype_include="number")),
            ("c", encoder, make_column_selector(dtype_exclude="number")),
        ]
    )


def of(*branches: tuple[Any, Any], **options: Any) -> ColumnTransformer:
    """A ColumnTransformer of steps and the columns of each."""
    named = [(f"b{place}", step, columns) for place, (step, columns) in enumerate(branches)]
    return ColumnTransformer(named, **options)


MASK = [name in ("age", "fare") for name in passengers().columns]

CLASSIFIERS: dict[str, Callable[[], Any]] = {
    "names": lambda: logistic(by_name()),
    "an index of pandas": lambda: logistic(of((numbers(), pd.Index(["age", "fare"])), (texts(), pd.Index(["sex"])))),
    "a slice of names": lambda: logistic(of((numbers(), slice("age", "pclass")))),
    "a mask": lambda: logistic(of((numbers(), MASK), (texts(), ["sex"]))),
    "a function": lambda: logistic(of((numbers(), _numeric), (texts(), ["sex"]))),
    "selectors": lambda: forest(selected()),
    "one column": lambda: logistic(of((TfidfVectorizer(), "name"), (numbers(), ["age"]))),
    "the remainder passes through": lambda: forest(of((texts(), ["sex", "embarked", "name"]), remainder="passthrough")),
    "the remainder has a step": lambda: logistic(
        of((texts(), ["sex", "embarked"]), ("drop", ["name"]), remainder=numbers())
    ),
    "one within another": lambda: logistic(
        of((by_name(), ["age", "fare", "sex", "embarked"]), (numbers(), ["weight"]))
    ),
    "a union": lambda: forest(FeatureUnion([("a", by_name()), ("b", selected())])),
    "a search around": lambda: GridSearchCV(logistic(by_name()), {"logisticregression__C": [0.1, 1.0]}, cv=2),
    "a search inside": lambda: make_pipeline(
        by_name(), GridSearchCV(LogisticRegression(max_iter=300), {"C": [0.1, 1.0]}, cv=2)
    ),
    "a stacking": lambda: StackingClassifier([("a", logistic(by_name())), ("b", forest(selected()))], cv=2),
    "a vote": lambda: VotingClassifier([("a", logistic(by_name())), ("b", forest(selected()))], voting="soft"),
    "a calibration": lambda: CalibratedClassifierCV(logistic(by_name()), cv=2),
    "a threshold": lambda: FixedThresholdClassifier(logistic(by_name()), threshold=0.4),
    "DataFrames inside": lambda: logistic(by_name(sparse_threshold=0)).set_output(transform="default"),
    "32-bit floats": lambda: logistic(of((StandardScaler(), ["weight"]), (numbers(), ["age"]))),
    "numpy's functions": lambda: logistic(of((FunctionTransformer(np.log1p), ["fare"]), (texts(), ["sex"]))),
    "neighbours": lambda: logistic(
        of((make_pipeline(KNNImputer(), StandardScaler()), ["age", "fare"]), (texts(), ["sex"]))
    ),
    "means of the target": lambda: logistic(of((TargetEncoder(cv=2), ["sex", "embarked", "pclass"]))),
    "powers": lambda: logistic(
        of((make_pipeline(numbers(), PolynomialFeatures(2)), ["age", "fare"]), (texts(), ["sex"]))
    ),
    "bins": lambda: logistic(
        of((KBinsDiscretizer(4, quantile_method="averaged_inverted_cdf"), ["fare"]), (texts(), ["sex"]))
    ),
    "codes": lambda: logistic(of((OneHotEncoder(), ["pclass"]), (numbers(), ["fare"]))),
    "booleans": lambda: logistic(of((OneHotEncoder(), ["alone"]), ("passthrough", ["pclass"]))),
    "texts in order": lambda: forest(
        of((OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1), ["sex", "embarked"]))
    ),
    "an indicator of gaps": lambda: logistic(
        of((make_pipeline(SimpleImputer(add_indicator=True), StandardScaler()), ["age", "fare"]))
    ),
    "some chosen after": lambda: make_pipeline(by_name(), SelectKBest(k=3), LogisticRegression()),
}


def _numeric(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype.kind == "f"]


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_no_answer_differs_and_nothing_of_pandas_is_left(name: str, tmp_path: Path) -> None:
    found = turned(tmp_path, CLASSIFIERS[name]().fit(passengers(), survived()), passengers(), survived())
    assert (found.found["wrong"], found.differing) == (0, 0)
    names = inspect_pickle(io.BytesIO(pickle.dumps(found.model))).imports
    assert [name for name in names if name.startswith(("pandas", "training"))] == []


def logs(before: Any) -> Any:
    return TransformedTargetRegressor(make_pipeline(before, Ridge()), func=np.log1p, inverse_func=np.expm1)


def test_a_regression_of_a_transformed_target_answers_the_same(tmp_path: Path) -> None:
    prices = np.exp(np.random.default_rng(2).normal(12, 0.4, len(passengers())))
    found = turned(tmp_path, logs(by_name()).fit(passengers(), prices), passengers(), prices)
    assert (found.found["wrong"], found.differing) == (0, 0)


def answered(tmp_path: Path, model: Any, frame: pd.DataFrame) -> Turned:
    found = turned(tmp_path, model.fit(frame, survived()), frame, survived())
    assert (found.found["wrong"], found.differing) == (0, 0)
    return found


def test_categories_of_a_boosting_are_known_by_their_type(tmp_path: Path) -> None:
    frame = passengers().drop(columns="name").astype({"sex": "category", "embarked": "category", "pclass": "category"})
    found = answered(tmp_path, HistGradientBoostingClassifier(max_iter=10, categorical_features="from_dtype"), frame)
    assert found.features["sex"].categories == ("female", "male")
    assert found.features["pclass"].categories == (1, 2, 3)


def test_categories_of_a_boosting_are_named(tmp_path: Path) -> None:
    frame = passengers().drop(columns="name")
    model = HistGradientBoostingClassifier(max_iter=10, categorical_features=["sex", "embarked"])
    assert answered(tmp_path, model, frame).features["embarked"].nullable


def test_steps_that_hand_on_dataframes_hand_on_arrays(tmp_path: Path) -> None:
    first = of((SimpleImputer(), ["age", "fare"]), ("passthrough", ["sex"]), verbose_feature_names_out=False)
    second = of((StandardScaler(), ["fare", "age"]), (OneHotEncoder(sparse_output=False), ["sex"]))
    answered(tmp_path, logistic(make_pipeline(first, second)).set_output(transform="pandas"), passengers())


def test_a_notebook_in_which_all_steps_hand_on_dataframes_is_known_again(tmp_path: Path) -> None:
    import sklearn

    first = of((SimpleImputer(), ["age", "fare"]), ("passthrough", ["sex"]), verbose_feature_names_out=False)
    second = of((StandardScaler(), ["fare", "age"]), (OneHotEncoder(sparse_output=False), ["sex"]))
    with sklearn.config_context(transform_output="pandas"):
        model = make_pipeline(first, second, LogisticRegression()).fit(passengers(), survived())
    assert turned(tmp_path, model, passengers(), survived()).differing == 0


def test_numbers_and_booleans_without_a_column_transformer(tmp_path: Path) -> None:
    frame = passengers()[["fare", "alone", "pclass"]]
    answered(tmp_path, make_pipeline(StandardScaler(), LogisticRegression()), frame)


def test_a_frame_of_32_bit_floats_is_computed_with_as_such(tmp_path: Path) -> None:
    frame = passengers()[["fare", "pclass", "weight"]].astype("float32")
    answered(tmp_path, make_pipeline(StandardScaler(), LogisticRegression()), frame)


def test_a_row_that_the_model_itself_does_not_answer_is_named_with_its_value(tmp_path: Path) -> None:
    model = logistic(of((OneHotEncoder(), ["pclass"]), (numbers(), ["age"]))).fit(passengers(), survived())
    frame = passengers()
    frame.loc[[4, 9], "pclass"] = 7
    said = refusal(tmp_path, model, frame, survived())
    assert "does not answer a row of table.parquet: row 4, which has 7 for 'pclass'" in said
    assert "Leave it out" in said
