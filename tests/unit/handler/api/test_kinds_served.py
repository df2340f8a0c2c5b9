"""A model of every kind of feature, through the whole handler: it is asked with what it was fitted on."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from handler.api.application import Application
from handler.records.signature import Feature, Gap
from tests import served_models
from tests.unit.handler.asking import ask, assert_refused, get_event, open_application, predict_event
from tests.unit.handler.models import Version, estimator_of, version_with

NAMES = [feature.name for feature in served_models.KINDS]
ROWS: list[list[Any]] = [
    [30, 1, True, "A", "came alone", 10, False],
    [30.5, 3.0, False, "B", "Came with a FRIEND\u0000 😀", 20.0, True],
    [None, 2, None, None, "", None, False],
    [None, 2, None, None, "none of these words", 4711, True],
]


def shares(answer: Any) -> list[float]:
    return list(answer["probabilities"].values())


def held(row: list[Any], gap: Any) -> list[Any]:
    """The row as the estimator is asked with it: numbers as floats, codes as whole numbers, null as `gap`."""
    age, code, member, deck, remark, shop, confirmed = row
    others = [member, deck, remark, shop if shop is None else int(shop), confirmed]
    return [math.nan if age is None else float(age), int(code), *(gap if value is None else value for value in others)]


@pytest.mark.parametrize(("gap", "null"), [("None", None), ("NaN", math.nan)])
def test_every_kind_is_answered_as_the_estimator_answers_it_alone_in_a_batch_and_by_name(
    gap: Gap, null: Any, tmp_path: Path
) -> None:
    version = served_models.kinds(gap)
    rows = np.empty((len(ROWS), len(NAMES)), dtype=object)
    rows[:] = [held(row, null) for row in ROWS]
    expected = estimator_of(version.load()).predict_proba(rows)
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    batch = ask(application, predict_event({"instances": ROWS}))
    np.testing.assert_array_equal([shares(answer) for answer in batch.body["predictions"]], expected)
    for row, alone in zip(ROWS, expected, strict=True):
        for body in (row, dict(zip(NAMES, row, strict=True))):
            answer = ask(application, predict_event({"features": body}))
            assert answer.status == 200
            np.testing.assert_allclose(shares(answer.body), alone, rtol=1e-12)


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Application:
    """An application that serves every kind."""
    return open_application(MODEL_URI=str(served_models.kinds().write(tmp_path_factory.mktemp("registry"))))


def test_each_value_of_another_kind_is_told_in_one_answer(application: Application) -> None:
    row = ["old", "3", 1, "C", "x" * 41, 1.5, None]
    answer = ask(application, predict_event({"features": row}))
    assert_refused(answer, 422, "invalid_features")
    assert {detail["feature"]: detail["problem"].split(", got")[0] for detail in answer.body["details"]} == {
        "age": "expected a number or null",
        "class": "expected one of 1, 2, 3",
        "member": "expected true or false or null",
        "deck": "expected one of 'A', 'B' or null",
        "remark": "expected a text of at most 40 characters",
        "shop": "expected a whole number within ±9007199254740992 or null",
        "confirmed": "expected true or false",
    }
    assert "x" * 41 not in answer.text


def test_a_lone_surrogate_is_a_422_wherever_a_text_is_taken(application: Application) -> None:
    for place, value in ((3, "\ud800"), (4, "fine \udc00 so far")):
        row = [*ROWS[0][:place], value, *ROWS[0][place + 1 :]]
        for body in ({"features": row}, {"instances": [ROWS[0], row] * 500}):
            assert_refused(ask(application, predict_event(body)), 422, "invalid_features")


def test_the_example_is_of_each_kind_and_is_answered(application: Application) -> None:
    model = ask(application, get_event("/model")).body
    assert model["example"]["features"] == [40.0, 3, True, "B", "some text", 10, False]
    assert model["example"]["prediction"] in ("no", "yes")
    assert [type(value) for value in model["example"]["features"]] == [float, int, bool, str, str, int, bool]
    answer = ask(application, predict_event({"features": model["example"]["features"]}))
    assert answer.body["prediction"] == model["example"]["prediction"]


def test_a_client_sees_each_kind_and_not_what_the_model_gets_for_null(application: Application) -> None:
    seen = {feature["name"]: feature for feature in ask(application, get_event("/model")).body["features"]}
    assert [seen[name]["kind"] for name in NAMES] == [
        *["number", "category", "boolean", "category", "text", "category", "boolean"],
    ]
    assert seen["class"]["categories"] == [1, 2, 3]
    assert (seen["remark"]["max_length"], seen["age"]["max_length"]) == (40, None)
    assert all("gap" not in feature for feature in seen.values())


def test_what_lies_outside_training_is_told_of_numbers_alone(application: Application) -> None:
    answer = ask(application, predict_event({"features": [1e6, 1, True, "A", "", 4711, False]}))
    assert [warning["feature"] for warning in answer.body["warnings"]] == ["age"]


COLOURS = np.array([["red"], ["blue"], ["red"], [math.nan], ["red"], ["blue"]], dtype=object)


def imputed(gap: Gap) -> Version:
    """A model whose imputer was fitted on a DataFrame's gaps, NaN, served with `gap` for null."""
    imputer = SimpleImputer(strategy="most_frequent")
    estimator = make_pipeline(imputer, OneHotEncoder(handle_unknown="ignore"), LogisticRegression())
    estimator.fit(COLOURS, [1, 0, 1, 1, 1, 0])
    colour = Feature("colour", "category", nullable=True, categories=("blue", "red"), gap=gap)
    return version_with(estimator, ["red"], classes=("no", "yes"), features=[colour])


def test_a_gap_that_is_none_is_not_imputed_where_training_saw_nan_and_nan_is(tmp_path: Path) -> None:
    answers = {}
    for gap in ("None", "NaN"):
        application = open_application(MODEL_URI=str(imputed(gap).write(tmp_path / gap)))
        answers[gap] = shares(ask(application, predict_event({"features": [None]})).body)
    estimator = estimator_of(imputed("NaN").load())
    (fitted_on,) = estimator.predict_proba(np.array([[math.nan]], dtype=object)).tolist()
    assert answers["NaN"] == fitted_on
    assert abs(answers["None"][1] - fitted_on[1]) > 0.1


def test_a_row_that_the_model_chokes_on_is_named_whatever_kinds_stand_in_it(tmp_path: Path) -> None:
    """The encoder takes no code that it was not fitted to, and neither the contract nor the validation knows."""
    features = (Feature("member", "boolean"), Feature("class", "category", categories=(1, 2, 3)))
    rows = np.array([[True, 1], [False, 2], [True, 2], [False, 1]], dtype=object)
    encoded = make_column_transformer((OneHotEncoder(), [1]), remainder="passthrough")
    estimator = make_pipeline(encoded, LogisticRegression()).fit(rows, [1, 0, 1, 0])
    version = version_with(estimator, [True, 1], classes=("no", "yes"), features=features)
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    answer = ask(application, predict_event({"instances": [[True, 1], [False, 3], [True, 2]]}))
    assert_refused(answer, 422, "refused_by_model")
    assert [(detail["row"], detail["feature"]) for detail in answer.body["details"]] == [(1, "class")]


def test_booleans_alone_are_answered(tmp_path: Path) -> None:
    features = (Feature("a", "boolean"), Feature("b", "boolean"))
    rows = np.array([[True, False], [False, False], [True, True], [False, True]])
    estimator = LogisticRegression().fit(rows, [1, 0, 1, 0])
    version = version_with(estimator, [True, False], classes=("no", "yes"), features=features)
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    answer = ask(application, predict_event({"instances": [[True, False], [False, True]]}))
    assert [one["prediction"] for one in answer.body["predictions"]] == ["yes", "no"]
