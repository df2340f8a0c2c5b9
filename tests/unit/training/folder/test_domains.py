"""What is said to lie outside a model's domain, it cannot answer; what it can answer, is never said to."""

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, VotingClassifier
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)

from handler.records.signature import Domain
from handler.rows.domain import outside
from training.folder.column_steps import column_places
from training.folder.domains import domains_of, known_categories

ROWS = np.array([[1.0, 0.25], [2.0, 0.5], [4.0, 0.75], [1.0, 0.125], [2.0, 0.25], [4.0, 0.5]] * 2)
LABELS = [0, 1, 0, 1, 1, 0] * 2
CODES = Domain(values=(1.0, 2.0, 4.0))
LOGISTIC = LogisticRegression()


def columns(step: Any, chosen: Any = 0, rest: Any = "passthrough") -> Any:
    return ColumnTransformer([("one", step, chosen if isinstance(chosen, (list, slice)) else [chosen])], remainder=rest)


def function(func: Any) -> Any:
    return make_pipeline(columns(FunctionTransformer(func), 1), LOGISTIC)


MODELS: dict[str, tuple[Any, dict[int, Domain]]] = {
    "one-hot": (make_pipeline(columns(OneHotEncoder()), LOGISTIC), {0: CODES}),
    "one-hot by a slice": (make_pipeline(columns(OneHotEncoder(), slice(0, 1)), LOGISTIC), {0: CODES}),
    "one-hot by a mask": (make_pipeline(columns(OneHotEncoder(), [True, False]), LOGISTIC), {0: CODES}),
    "one-hot from the end": (make_pipeline(columns(OneHotEncoder(), [-2]), LOGISTIC), {0: CODES}),
    "ordinal, behind an imputer": (
        make_pipeline(columns(make_pipeline(SimpleImputer(), OrdinalEncoder())), LOGISTIC),
        {0: CODES},
    ),
    "behind an imputer of another gap": (
        make_pipeline(
            columns(make_pipeline(SimpleImputer(missing_values=-1, strategy="most_frequent"), OneHotEncoder())),
            LOGISTIC,
        ),
        {0: Domain(values=(-1.0, 1.0, 2.0, 4.0))},
    ),
    "behind two ColumnTransformers": (
        make_pipeline(
            ColumnTransformer([("swap", SimpleImputer(), [1]), ("code", "passthrough", [0])]),
            columns(OneHotEncoder(), 1),
            LOGISTIC,
        ),
        {0: CODES},
    ),
    "behind a selection": (make_pipeline(SelectKBest(k=2), columns(OneHotEncoder()), LOGISTIC), {0: CODES}),
    "in a union": (
        make_pipeline(FeatureUnion([("a", columns(OneHotEncoder(), rest="drop")), ("b", StandardScaler())]), LOGISTIC),
        {0: CODES},
    ),
    "in a vote": (
        VotingClassifier([("a", make_pipeline(columns(OneHotEncoder()), LOGISTIC))], voting="soft"),
        {0: CODES},
    ),
    "in a calibration": (
        CalibratedClassifierCV(make_pipeline(columns(OneHotEncoder()), LOGISTIC), cv=2),
        {0: CODES},
    ),
    "unknown ignored": (make_pipeline(columns(OneHotEncoder(handle_unknown="ignore")), LOGISTIC), {}),
    "unknown has a number": (
        make_pipeline(columns(OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), LOGISTIC),
        {},
    ),
    "by the target": (make_pipeline(columns(TargetEncoder(cv=2)), LOGISTIC), {}),
    "scaled before": (make_pipeline(StandardScaler(), columns(FunctionTransformer(np.arctan)), LOGISTIC), {}),
    "log": (function(np.log), {1: Domain(exclusive_minimum=0.0)}),
    "log2": (function(np.log2), {1: Domain(exclusive_minimum=0.0)}),
    "log10": (function(np.log10), {1: Domain(exclusive_minimum=0.0)}),
    "log1p": (function(np.log1p), {1: Domain(exclusive_minimum=-1.0)}),
    "sqrt": (function(np.sqrt), {1: Domain(minimum=0.0)}),
    "arcsin": (function(np.arcsin), {1: Domain(minimum=-1.0, maximum=1.0)}),
    "arctanh": (function(np.arctanh), {1: Domain(exclusive_minimum=-1.0, exclusive_maximum=1.0)}),
    "exp2": (function(np.exp2), {1: Domain(exclusive_maximum=1024.0)}),
    "another function": (function(np.arctan), {}),
    "no function": (make_pipeline(columns(FunctionTransformer()), columns(OneHotEncoder()), LOGISTIC), {0: CODES}),
    "a log before trees that take gaps": (
        make_pipeline(FunctionTransformer(np.log), HistGradientBoostingClassifier(max_iter=2)),
        {},
    ),
    "a log before an imputer": (make_pipeline(FunctionTransformer(np.log), SimpleImputer(), LOGISTIC), {}),
    "box-cox": (
        make_pipeline(PowerTransformer(method="box-cox"), LOGISTIC),
        {0: Domain(exclusive_minimum=0.0), 1: Domain(exclusive_minimum=0.0)},
    ),
    "splines": (
        make_pipeline(columns(SplineTransformer(3, extrapolation="error")), LOGISTIC),
        {0: Domain(minimum=1.0, maximum=4.0)},
    ),
    "splines that go on": (make_pipeline(SplineTransformer(3), LOGISTIC), {}),
    "codes of Bayes": (
        CategoricalNB(),
        {0: Domain(minimum=0.0, exclusive_maximum=5.0), 1: Domain(minimum=0.0, exclusive_maximum=1.0)},
    ),
    "nothing": (LOGISTIC, {}),
    "nothing in a pipeline": (Pipeline([("no", None), ("model", LOGISTIC)]), {}),
}

PROBES = np.array([-2000.0, -5.0, -1.0, -0.5, 0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 2000.0])


def answers(model: Any, row: Any) -> bool:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return bool(np.isfinite(model.predict_proba(np.array([row]))).all())
        except (ValueError, IndexError):
            return False


@pytest.mark.parametrize("kind", MODELS)
def test_what_a_model_cannot_take_is_known_and_nothing_else(kind: str) -> None:
    model, expected = MODELS[kind]
    model.fit(ROWS, LABELS)
    assert domains_of(model) == expected
    for place, domain in expected.items():
        for probe, refused in zip(PROBES, outside(domain, PROBES), strict=True):
            row = [1.0, 0.25]
            row[place] = probe
            # A class of Bayes is a whole number, and what lies between is cut off: refused all the same above 0.
            assert answers(model, row) == (not refused) or (kind == "codes of Bayes" and -1 < probe < 0), probe
    if not expected and kind != "a log before an imputer":  # which takes a NaN, and no infinity
        assert all(answers(model, [probe, 0.25]) for probe in PROBES)


def test_the_texts_that_encoders_know_are_found() -> None:
    rows = np.array([["a", 1.0, "x"], ["b", 2.0, "?"], ["a", 1.0, "y"]], dtype=object)
    model = make_pipeline(
        ColumnTransformer(
            [
                ("one", OneHotEncoder(handle_unknown="ignore"), [0]),
                ("two", OneHotEncoder(), [1]),
                (
                    "three",
                    make_pipeline(SimpleImputer(missing_values="?", strategy="most_frequent"), OrdinalEncoder()),
                    [2],
                ),
            ]
        ),
        LOGISTIC,
    ).fit(rows, [0, 1, 0])
    assert known_categories(model) == {0: ["a", "b"], 2: ["x", "y", "?"]}
    assert domains_of(model) == {1: Domain(values=(1.0, 2.0))}


@pytest.mark.parametrize(
    ("chosen", "places"),
    [
        ([2, 0], [2, 0]),
        (-1, [3]),
        ("b", [1]),
        (["d", "a"], [3, 0]),
        (slice("b", "c"), [1, 2]),
        (slice(None, 2), [0, 1]),
        (np.array([True, False, False, True]), [0, 3]),
        ([], []),
    ],
)
def test_a_choice_of_columns_is_places_whatever_its_form(chosen: Any, places: list[int]) -> None:
    assert column_places(chosen, 4, ["a", "b", "c", "d"]) == places
