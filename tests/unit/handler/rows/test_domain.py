"""What a model cannot take at all is refused before it is asked, in the words of the contract."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from handler.api.body.instances import Instances, to_rows
from handler.errors.request import InvalidFeatures
from handler.records.signature import Domain, Feature
from handler.rows.domain import bounds, description, outside
from tests.unit.handler.asking import ask, open_application, predict_event
from tests.unit.handler.models import version_with

VALUES = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.nan])

CASES = [
    (Domain(), [], "a number ", {}),
    (Domain(values=(-1.0, 2.0)), [-2.0, 0.0, 1.0], "one of -1, 2", {}),
    (Domain(minimum=0.0), [-2.0, -1.0], "a number at least 0", {"minimum": 0.0}),
    (Domain(exclusive_minimum=-1.0), [-2.0, -1.0], "a number above -1", {"exclusiveMinimum": -1.0}),
    (
        Domain(minimum=-1.0, maximum=1.0),
        [-2.0, 2.0],
        "a number at least -1 and at most 1",
        {"minimum": -1.0, "maximum": 1.0},
    ),
    (Domain(exclusive_maximum=1.5), [2.0], "a number below 1.5", {"exclusiveMaximum": 1.5}),
]


@pytest.mark.parametrize(("domain", "refused", "told", "keywords"), CASES)
def test_a_domain_refuses_what_lies_outside_of_it_and_says_so(
    domain: Domain, refused: list[float], told: str, keywords: dict[str, float]
) -> None:
    assert VALUES[outside(domain, VALUES)].tolist() == refused
    assert (description(domain), bounds(domain)) == (told, keywords)


def test_a_long_list_of_values_is_cut() -> None:
    assert description(Domain(values=tuple(map(float, range(25))))).endswith("18, 19 and 5 more")


@pytest.mark.parametrize("other", ["number", "category"])
def test_rows_outside_are_named_whatever_stands_beside_them(other: str) -> None:
    features = (
        Feature("code", "number", nullable=True, domain=Domain(values=(1.0, 3.0))),
        Feature("logged", "number", domain=Domain(exclusive_minimum=-1.0)),
        Feature("other", "number") if other == "number" else Feature("other", "category", categories=("a",)),
    )
    value = 0 if other == "number" else "a"
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(Instances([[1, 0, value], [2, -0.5, value], [None, -1, value], [3, 1e39, value]], True), features)
    assert [(problem.row, problem.feature, problem.problem) for problem in caught.value.problems] == [
        (1, "code", "expected one of 1, 3 or null, got the number 2"),
        (2, "logged", "expected a number above -1, got the number -1"),
        (3, "logged", "expected a number within ±3.4e+38, got the number 1e+39"),
    ]
    assert len(to_rows(Instances([[1, 0, value], [None, -0.5, value], [3, 5, value]], True), features)) == 3


def test_a_value_outside_of_the_domain_is_a_422_at_the_api(tmp_path: Path) -> None:
    feature = Feature("x0", "number", domain=Domain(exclusive_minimum=-1.0))
    version = version_with(LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0]), (1.0,), features=[feature])
    application = open_application(MODEL_URI=str(version.write(tmp_path)))
    answer = ask(application, predict_event({"features": [-1]}))
    assert (answer.status, answer.body["code"]) == (422, "invalid_features")
    assert "expected a number above -1" in json.dumps(answer.body["details"])
    assert ask(application, predict_event({"features": [-0.99]})).status == 200
