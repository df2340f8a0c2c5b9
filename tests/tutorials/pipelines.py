"""The pipelines of the tutorials: each with its table, its target and how a person would bring it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector, make_column_transformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    StackingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, PolynomialFeatures, StandardScaler, TargetEncoder

from tests.tutorials import frames

OWN_CODE = Path(__file__).parent / "own"


@dataclass(frozen=True)
class Tutorial:
    """`model` is not fitted yet; `grid` are the parameters that a search around it tries; `options` those of `package`
    beside the table. `csv` says that the table is a CSV, else it is a Parquet file."""

    table: Callable[[], pd.DataFrame]
    target: str | None
    model: Callable[[], Any]
    grid: dict[str, list[Any]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    csv: bool = True

    def searched(self) -> Any:
        """The model within a search."""
        return GridSearchCV(self.model(), self.grid, cv=3)


def titanic() -> Any:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    texts = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    columns = ColumnTransformer(
        [
            ("numbers", numbers, ["age", "fare", "sibsp"]),
            ("texts", texts, ["sex", "embarked"]),
            ("class", OneHotEncoder(), ["pclass"]),
            ("alone", "passthrough", ["alone"]),
        ]
    )
    return Pipeline([("columns", columns), ("model", LogisticRegression(max_iter=500))])


def churn() -> Any:
    columns = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude=["number", "bool"])),
        (StandardScaler(), make_column_selector(dtype_include="number")),
        remainder="passthrough",
    )
    return Pipeline([("columns", columns), ("model", RandomForestClassifier(n_estimators=20, random_state=0))])


def houses() -> Any:
    numbers = ["area", "rooms", "year built"]
    texts = Pipeline([("fill", SimpleImputer(strategy="constant", fill_value="none")), ("encode", OrdinalEncoder())])
    columns = ColumnTransformer([("n", SimpleImputer(), numbers), ("t", texts, ["district", "garage"])])
    pipeline = Pipeline([("columns", columns), ("model", Ridge())])
    return TransformedTargetRegressor(pipeline, func=np.log1p, inverse_func=np.expm1)


def reviews() -> Any:
    columns = ColumnTransformer(
        [
            ("words", TfidfVectorizer(), "review"),
            ("months", make_pipeline(SimpleImputer(), StandardScaler()), ["months"]),
        ],
        remainder="passthrough",
    )
    return Pipeline([("columns", columns), ("model", LogisticRegression())])


def own_step() -> Any:
    from ratio_features import RatioFeatures  # type: ignore[import-not-found] # the tutorial's own module

    columns = ColumnTransformer(
        [
            ("ratios", make_pipeline(RatioFeatures(), StandardScaler()), ["area", "rooms"]),
            ("district", OneHotEncoder(), ["district"]),
        ]
    )
    return Pipeline([("columns", columns), ("model", Ridge())])


def target_encoding() -> Any:
    columns = ColumnTransformer(
        [("mean", TargetEncoder(cv=KFold(5, shuffle=True, random_state=0)), ["district", "garage"])],
        remainder="passthrough",
    )
    return Pipeline([("columns", columns), ("model", HistGradientBoostingRegressor(max_iter=20))])


def neighbours() -> Any:
    columns = make_column_transformer(
        (make_pipeline(KNNImputer(n_neighbors=3), StandardScaler()), make_column_selector(dtype_include="number")),
        (OneHotEncoder(drop="first"), ["line"]),
    )
    return Pipeline([("columns", columns), ("model", Ridge())])


def polynomial() -> Any:
    numbers = make_pipeline(SimpleImputer(), PolynomialFeatures(2, include_bias=False), StandardScaler())
    columns = ColumnTransformer([("n", numbers, slice("temperature", "vibration"))])
    return Pipeline([("columns", columns), ("model", Ridge())])


def isolation() -> Any:
    columns = ColumnTransformer(
        [("n", SimpleImputer(), ["age", "fare"]), ("s", OneHotEncoder(), ["sex"])], remainder="drop"
    )
    return Pipeline([("columns", columns), ("model", IsolationForest(n_estimators=20, random_state=0))])


def clusters() -> Any:
    columns = ColumnTransformer(
        [("n", StandardScaler(), ["tenure", "MonthlyCharges"]), ("c", OneHotEncoder(), ["Contract"])]
    )
    return Pipeline([("columns", columns), ("model", KMeans(3, n_init=3, random_state=0))])


def stacking() -> Any:
    numbers = make_pipeline(
        ColumnTransformer([("n", SimpleImputer(), ["age", "fare"])]), GradientBoostingClassifier(n_estimators=10)
    )
    fill = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore"))
    texts = make_pipeline(ColumnTransformer([("t", fill, ["sex", "embarked"])]), LogisticRegression())
    return StackingClassifier([("numbers", numbers), ("texts", texts)], LogisticRegression(), cv=3)


TUTORIALS: dict[str, Tutorial] = {
    "titanic": Tutorial(frames.titanic, "survived", titanic, {"model__C": [0.1, 1.0]}, ("--classes", "died,survived")),
    "churn": Tutorial(frames.churn, "Churn", churn, {"model__max_depth": [3, 5]}),
    "house prices": Tutorial(frames.houses, "price", houses, {"regressor__model__alpha": [0.1, 1.0]}),
    "text and numbers": Tutorial(frames.reviews, "recommends", reviews, {"columns__words__min_df": [1, 2]}),
    "own step": Tutorial(frames.houses, "price", own_step, {"model__alpha": [0.1, 1.0]}, ("--code", str(OWN_CODE))),
    "target encoding": Tutorial(frames.houses, "price", target_encoding, {"model__max_depth": [2, 3]}),
    "neighbours": Tutorial(frames.sensors, "output", neighbours, {"model__alpha": [0.1, 1.0]}, csv=False),
    "polynomial": Tutorial(frames.sensors, "output", polynomial, {"model__alpha": [0.1, 1.0]}, csv=False),
    "isolation forest": Tutorial(lambda: frames.titanic().drop(columns="survived"), None, isolation),
    "clusters": Tutorial(lambda: frames.churn().drop(columns="Churn"), None, clusters, {"model__n_clusters": [2, 3]}),
    "stacking": Tutorial(
        frames.titanic, "survived", stacking, {"final_estimator__C": [0.1, 1.0]}, ("--classes", "died,survived")
    ),
}


def fitted(model: Any, frame: pd.DataFrame, target: str | None) -> Any:
    """`model`, fitted to the columns of `frame` beside the target, as a notebook does."""
    if target is None:
        return clone(model).fit(frame)
    return clone(model).fit(frame.drop(columns=target), frame[target])
