"""`handler.api.body.instances`: any text becomes exact rows or a refusal that says where and why."""

import contextlib
import json
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.api.body.instances import Instances, parse_body, to_rows
from handler.errors.base import MAX_PROBLEMS, Problem
from handler.errors.request import InvalidBody, InvalidFeatures, InvalidJson, RequestError
from handler.records.signature import Feature

NUMBERS = (Feature("a", "number"), Feature("b", "number"), Feature("c", "number", nullable=True))
MIXED = (
    Feature("size", "number"),
    Feature("colour", "category", categories=("blue", "red")),
    Feature("shade", "category", nullable=True, categories=("dark", "light")),
    Feature("weight", "number", nullable=True),
)

finite = st.floats(-3.4e38, 3.4e38) | st.integers(-(10**38), 10**38) | st.integers(-99, 99)
number_rows = st.lists(st.tuples(finite, finite, st.none() | finite).map(list), min_size=1, max_size=8)
mixed_rows = st.lists(
    st.tuples(
        finite, st.sampled_from(["blue", "red"]), st.sampled_from([None, "dark", "light"]), st.none() | finite
    ).map(list),
    min_size=1,
    max_size=8,
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | finite | st.text(max_size=4) | st.sampled_from(["a", "blue", 1.0]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcxyz"), inner, max_size=4),
    max_leaves=12,
)
near_bodies = st.fixed_dictionaries({"instances": st.lists(json_values, max_size=4)}) | st.fixed_dictionaries(
    {"features": json_values}
)


def ask(document: object, features: tuple[Feature, ...] = NUMBERS) -> Any:
    return to_rows(parse_body(json.dumps(document)), features)


def problems(rows: list[Any], features: tuple[Feature, ...] = NUMBERS) -> tuple[Problem, ...]:
    """What is told of a batch that does not fit."""
    with pytest.raises(InvalidFeatures) as caught:
        ask({"instances": rows}, features)
    return caught.value.problems


def named(row: list[Any], features: tuple[Feature, ...], order: list[int]) -> dict[str, Any]:
    return {features[index].name: row[index] for index in order}


@given(st.text() | near_bodies.map(json.dumps) | json_values.map(json.dumps))
def test_any_text_gives_rows_or_a_request_error(text: str) -> None:
    for features in (NUMBERS, MIXED):
        rows = None
        with contextlib.suppress(RequestError):
            rows = to_rows(parse_body(text), features)
        assert rows is None or (rows.shape[0] >= 1 and rows.shape[1] == len(features))


@given(number_rows)
def test_any_valid_batch_of_numbers_gives_exactly_its_array(batch: list[list[Any]]) -> None:
    rows = ask({"instances": batch})
    expected = np.array([[np.nan if value is None else float(value) for value in row] for row in batch])
    assert (rows.dtype, rows.shape) == (np.float64, (len(batch), 3))
    np.testing.assert_array_equal(rows, expected)


@given(mixed_rows)
def test_any_valid_batch_with_categories_gives_exactly_its_array(batch: list[list[Any]]) -> None:
    rows = ask({"instances": batch}, MIXED)
    assert (rows.dtype, rows.shape) == (np.dtype(object), (len(batch), 4))
    for got, (size, colour, shade, weight) in zip(rows.tolist(), batch, strict=True):
        assert [type(got[0]), got[0]] == [float, float(size)]
        assert (got[1], got[2]) == (colour, shade)
        assert np.isnan(got[3]) if weight is None else got[3] == float(weight)


@given(mixed_rows, st.lists(st.permutations(range(4)), min_size=8, max_size=8))
def test_values_by_name_in_any_order_are_the_values_in_order(batch: list[list[Any]], orders: list[list[int]]) -> None:
    by_name = [named(row, MIXED, order) for row, order in zip(batch, orders, strict=False)]
    # assert_array_equal would not take NaN for itself in an array of objects.
    assert repr(ask({"instances": by_name}, MIXED)) == repr(ask({"instances": batch}, MIXED))


@given(number_rows)
def test_one_row_is_a_batch_of_one(batch: list[list[Any]]) -> None:
    np.testing.assert_array_equal(ask({"features": batch[0]}), ask({"instances": batch[:1]}))


def test_a_body_says_whether_it_is_a_batch() -> None:
    assert parse_body('{"features": [1]}') == Instances([[1]], batch=False)
    assert parse_body('{"instances": [[1], {"a": 2}]}') == Instances([[1], {"a": 2}], batch=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{'features': [1]}", "not JSON"),
        ('{"features": [1,]}', "not JSON"),
        ('\ufeff{"features": [1]}', "not JSON"),
        ('{"features": [1]} {}', "not JSON"),
        ('{"features": [NaN]}', "NaN is not a JSON number"),
        ('{"features": [Infinity]}', "Infinity is not a JSON number"),
        ('{"features": [-Infinity]}', "-Infinity is not a JSON number"),
        ('{"features": [1e999, 0, 0]}', "no 64-bit float can hold"),
        ('{"features": [0, -1E+309, 0]}', "no 64-bit float can hold"),
        ('{"features": [0, 0, 1e0400]}', "no 64-bit float can hold"),
        ('{"instances": [[0, 0, 0], {"a": 0, "b": 1e999, "c": null}]}', "for 'b', that no 64-bit float can hold"),
        ('{"features": [0, 0, ' + "9" * 309 + "]}", "no 64-bit float can hold"),
        ('{"features": [0, 0, ' + "9" * 309 + ".5]}", "no 64-bit float can hold"),
        ('{"features": [' + "9" * 5000 + "]}", "no 64-bit float can hold"),
        ('{"features": ' + "[" * 100_000, "nested too deeply"),
        ('{"features": ' + '{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_strict_json_is_invalid_json(text: str, told: str) -> None:
    with pytest.raises(InvalidJson, match=told):
        to_rows(parse_body(text), NUMBERS)


@pytest.mark.parametrize("number", ["3.5e38", "-1.7976931348623157e308", "1" + "0" * 308])
def test_a_number_beyond_what_models_compute_with_is_refused_with_its_place(number: str) -> None:
    with pytest.raises(InvalidFeatures, match="row 0, feature 'b': expected a number within ±"):
        to_rows(parse_body('{"features": [0, %s, 0]}' % number), NUMBERS)  # noqa: UP031 - braces are JSON's here


@pytest.mark.parametrize("number", ["3.4028234663852886e38", "-1e38", "5e-324", "1e-999", "1" + "0" * 38, "-0.0"])
def test_the_largest_and_smallest_numbers_are_taken(number: str) -> None:
    rows = to_rows(parse_body('{"features": [%s, 0, 0]}' % number), NUMBERS)  # noqa: UP031 - braces are JSON's here
    assert rows[0, 0] == float(number)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object"),
        ('"features"', "must be a JSON object"),
        ("{}", "^Invalid input: 'features' key not found$"),
        ('{"Features": [1]}', "^Invalid input: 'features' key not found$"),
        ('{"features": [1], "instances": [[1]]}', "either 'features' or 'instances', once, and nothing else"),
        ('{"features": [1], "model": "m"}', "and nothing else"),
        ('{"features": [1], "features": [2]}', "once"),
        ('{"instances": [[1]], "instances": [[2]]}', "once"),
        ('{"instances": []}', "at least one row"),
        ('{"instances": null}', "at least one row"),
        ('{"instances": {"a": 1}}', "at least one row"),
    ],
)
def test_json_of_another_form_is_an_invalid_body(text: str, told: str) -> None:
    with pytest.raises(InvalidBody, match=told):
        parse_body(text)


@pytest.mark.parametrize(
    ("row", "feature", "told"),
    [
        ([1, 2], None, "expected 3 values, got 2"),
        ([], None, "expected 3 values, got 0"),
        ([1, 2, 3, 4], None, "expected 3 values, got 4"),
        (1, None, "expected a list of values or an object of named values, got the number 1"),
        (None, None, "got null"),
        ("1,2,3", None, 'got the string "1,2,3"'),
        ([1, "2", 3], "b", 'expected a number, got the string "2"'),
        ([1, True, 3], "b", "expected a number, got true"),
        ([1, False, 3], "b", "got false"),
        ([1, None, 3], "b", "expected a number, got null"),
        ([1, [2], 3], "b", "got a list"),
        ([1, {"x": 2}, 3], "b", "got an object"),
        ([1, 2, "x"], "c", "expected a number or null, got the string"),
        ([1, "x" * 1000, 3], "b", "…"),
        ({"a": 1, "b": 2}, "c", "missing"),
        ({"a": 1, "b": 2, "c": 3, "d": 4}, "d", "unknown to this model"),
    ],
)
def test_a_problem_names_the_row_the_feature_and_what_is_wrong(row: Any, feature: str | None, told: str) -> None:
    (problem,) = problems([[1, 2, 3], row])
    assert (problem.row, problem.feature) == (1, feature)
    assert told in problem.problem
    assert len(problem.problem) < 200


@pytest.mark.parametrize("value", ["green", "Blue", "blue ", "", 1, True, None, ["blue"], {"blue": 1}])
def test_a_value_that_is_no_known_category_is_told_with_the_ones_there_are(value: Any) -> None:
    (problem,) = problems([[1, value, "dark", 1]], MIXED)
    assert (problem.row, problem.feature) == (0, "colour")
    assert problem.problem.startswith("expected one of 'blue', 'red', got ")


def test_a_name_that_stands_twice_is_told_and_neither_value_is_taken() -> None:
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(parse_body('{"features": {"a": 1, "a": 2, "b": 3, "c": 4}}'), NUMBERS)
    assert caught.value.problems == (Problem(0, None, "it has a feature's name more than once"),)


def test_every_problem_of_a_batch_is_told_in_the_order_of_its_rows() -> None:
    found = problems([[1, "x", "y"], [1, 2, 3], [1], {"a": True, "b": 1, "c": 1}, 5, {"a": 1, "z": 2}])
    assert [(problem.row, problem.feature) for problem in found] == [
        *[(0, "b"), (0, "c"), (2, None), (3, "a"), (4, None)],
        *[(5, "b"), (5, "c"), (5, "z")],
    ]


def test_no_more_than_a_bound_is_told_and_the_sentence_says_so() -> None:
    with pytest.raises(InvalidFeatures, match=r"row 0, feature 'a': .* \(20 problems or more in all\)") as caught:
        ask({"instances": [["x", "y", "z"]] * 100})
    assert len(caught.value.problems) == MAX_PROBLEMS == 20
    assert [problem.row for problem in caught.value.problems] == [index // 3 for index in range(20)]


def test_a_single_problem_is_told_in_the_sentence_alone() -> None:
    with pytest.raises(InvalidFeatures, match=r"^The values do not fit the model: row 0: expected 3 values, got 1\.$"):
        ask({"features": [1]})


def test_one_unknown_category_among_many_rows_and_many_categories_takes_no_time() -> None:
    colour = Feature("colour", "category", categories=tuple(f"colour {index}" for index in range(5000)))
    rows = [["colour 4999"]] * 20_000 + [["none of them"]]
    began = time.process_time()
    (problem,) = problems(rows, (colour,))
    assert problem.row == 20_000
    assert time.process_time() - began < 1
