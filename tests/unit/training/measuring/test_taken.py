"""Rows that the API refuses are known beforehand."""

import pytest

from handler.records.signature import Domain, Feature, Value
from training.measuring.taken import places_taken

NUMBER = Feature("x", "number")
PLAN = Feature("x", "category", categories=("a", "b"))
CODE = Feature("x", "category", categories=(1, 2))
OPEN = Feature("x", "category", nullable=True, categories=("a",), allow_unknown=True)
FLAG = Feature("x", "boolean")
TEXT = Feature("x", "text", max_length=3)
LOG = Feature("x", "number", domain=Domain(exclusive_minimum=0.0))


@pytest.mark.parametrize(
    ("feature", "taken", "refused"),
    [
        (NUMBER, [1.0, -5], [None, "a", True]),
        (PLAN, ["a"], ["c", None, 1.0]),
        (CODE, [1.0, 2], [3.0, "1", True, None]),
        (OPEN, ["a", "z", None], [1.0]),
        (FLAG, [True, False], [1.0, "true", None]),
        (TEXT, ["", "abc"], ["abcd", 1.0, None]),
        (LOG, [0.5], [0.0, -1.0]),
    ],
)
def test_a_value_is_taken_or_refused_by_its_feature(feature: Feature, taken: list[Value], refused: list[Value]) -> None:
    assert places_taken([[value] for value in taken], [feature]) == list(range(len(taken)))
    assert places_taken([[value] for value in refused], [feature]) == []


@pytest.mark.parametrize("other", ["x", True, None, 1e39])
def test_a_refused_value_hides_no_other_one(other: Value) -> None:
    assert places_taken([[other], [1.0], [1e39], [10**400]], [NUMBER]) == [1]
