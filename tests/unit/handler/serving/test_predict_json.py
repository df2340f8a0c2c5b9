"""The fast way to a batch's answer is the plain one's text, character by character."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from handler.api.http.responses import JsonText, json_response
from handler.errors.request import NoFiniteAnswer
from tests import served_models
from tests.unit.handler.models import estimator_of, version_with
from tests.unit.handler.serving.test_predictor import CLASSIFIERS, NAMES, REGRESSORS, ROW, X, Y

NASTY = ('100 %d "\\', "größe \u2028 </script>", "{%r} %%")


def same_text(estimator: Any, classes: tuple[str, ...]) -> None:
    width = 4 if classes else 3
    predictor = version_with(estimator, ROW[:width], classes=classes).load()
    for rows in (X[:, :width], X[:1, :width], 10 * X[:, :width]):
        plain = json.dumps(predictor.predict(rows), separators=(",", ":"))
        assert predictor.predict_json(rows) == plain


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classification_is_written_as_json_dumps_writes_it(name: str) -> None:
    same_text(CLASSIFIERS[name], NAMES)


@pytest.mark.parametrize("name", REGRESSORS)
def test_a_regression_is_written_as_json_dumps_writes_it(name: str) -> None:
    same_text(REGRESSORS[name], ())


@pytest.mark.parametrize("estimator", [LogisticRegression(max_iter=200), LinearSVC()], ids=["shares", "no shares"])
def test_names_that_mean_something_to_json_or_to_formatting_are_written_as_they_are(estimator: Any) -> None:
    same_text(estimator.fit(X, Y), NASTY)


def test_categories_are_asked_alike() -> None:
    version = served_models.categories()
    predictor = version.load()
    rows = np.array([version.manifest.example.features] * 3, dtype=object)
    assert predictor.predict_json(rows) == json.dumps(predictor.predict(rows), separators=(",", ":"))


def test_an_answer_that_is_not_finite_is_none_in_both_ways() -> None:
    predictor = version_with(REGRESSORS["linear"], ROW[:3]).load()
    estimator_of(predictor).coef_ = np.full(3, 1e300)
    with pytest.raises(NoFiniteAnswer):
        predictor.predict_json(1e30 * X[:, :3])


def test_text_that_is_json_already_stands_in_an_answer_as_it_is() -> None:
    body = {"predictions": JsonText('[{"prediction":1.5}]'), "model": {"name": "a"}, "text": '"'}
    answer = json_response(200, body, {})
    assert answer.body == '{"predictions":[{"prediction":1.5}],"model":{"name":"a"},"text":"\\""}'
