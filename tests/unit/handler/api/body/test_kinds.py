"""Each kind of feature takes its own values and no others, which is what the contract says of it."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handler.api.body import instances
from handler.api.body.instances import Instances, parse_body, to_rows
from handler.api.contract.row_values import row_value
from handler.errors.base import MAX_PROBLEMS
from handler.errors.request import InvalidFeatures, InvalidJson
from handler.records.signature import Feature
from tests.unit.handler.manifests import features as any_features

BOOLEAN = Feature("member", "boolean")
CODE = Feature("class", "category", categories=(1, 2, 3))
OPEN_CODE = Feature("shop", "category", categories=(10, 20), allow_unknown=True)
TEXT = Feature("remark", "text", max_length=5)
ANY_TEXT = Feature("remark", "text")
OPEN_CATEGORY = Feature("colour", "category", categories=("blue",), allow_unknown=True)
WITH_GAPS = Feature("member", "boolean", nullable=True)


def refused(feature: Feature, value: Any) -> str:
    """What is told of a value."""
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(parse_body(json.dumps({"features": {feature.name: value}})), [feature])
    (problem,) = caught.value.problems
    assert (problem.row, problem.feature) == (0, feature.name)
    return problem.problem


@pytest.mark.parametrize(
    ("feature", "value", "held"),
    [
        (BOOLEAN, True, True),
        (BOOLEAN, False, False),
        (WITH_GAPS, None, None),
        (CODE, 3, 3),
        (CODE, 3.0, 3),
        (OPEN_CODE, 77, 77),
        (OPEN_CODE, -0.0, 0),
        (OPEN_CODE, 2**53, 2**53),
        (OPEN_CODE, -(2.0**53), -(2**53)),
        (TEXT, "", ""),
        (TEXT, "a\u0000b\n😀", "a\u0000b\n😀"),
        (ANY_TEXT, "é" * 10_000, "é" * 10_000),
        (OPEN_CATEGORY, "green", "green"),
    ],
)
def test_a_value_is_held_as_its_kind(feature: Feature, value: Any, held: Any) -> None:
    rows = to_rows(parse_body(json.dumps({"features": {feature.name: value}})), [feature])
    assert rows.dtype == object
    assert (type(rows[0, 0]), rows[0, 0]) == (type(held), held)


@pytest.mark.parametrize(
    ("feature", "value", "told"),
    [
        (BOOLEAN, 1, "expected true or false, got the number 1; send true"),
        (BOOLEAN, 0.0, "expected true or false, got the number 0.0; send false"),
        (BOOLEAN, 2, "expected true or false, got the number 2"),
        (BOOLEAN, "True", 'expected true or false, got the string "True"; send true, without quotes'),
        (BOOLEAN, "yes", 'expected true or false, got the string "yes"'),
        (BOOLEAN, None, "expected true or false, got null"),
        (BOOLEAN, [True], "expected true or false, got a list"),
        (
            WITH_GAPS,
            "",
            'expected true or false or null, got the string ""; send null for a missing value, where the model takes '
            "one",
        ),
        (CODE, 4, "expected one of 1, 2, 3, got the number 4"),
        (CODE, 2.5, "expected one of 1, 2, 3, got the number 2.5"),
        (CODE, True, "expected one of 1, 2, 3, got true"),
        (CODE, "3", 'expected one of 1, 2, 3, got the string "3"; send the number itself, without quotes'),
        (CODE, {}, "expected one of 1, 2, 3, got an object"),
        (OPEN_CODE, 0.5, "expected a whole number within ±9007199254740992, got the number 0.5"),
        (
            OPEN_CODE,
            2**53 + 2,
            "expected a whole number within ±9007199254740992, got the number 9007199254740994",
        ),
        (OPEN_CODE, False, "expected a whole number within ±9007199254740992, got false"),
        (TEXT, "secret", "expected a text of at most 5 characters, got one of 6"),
        (TEXT, 5, "expected a text of at most 5 characters, got the number 5; send it in quotes"),
        (TEXT, None, "expected a text of at most 5 characters, got null"),
        (
            TEXT,
            "\ud800",
            "expected a text of at most 5 characters, got one with half of a surrogate pair, which is no character",
        ),
        (ANY_TEXT, "\udfff", "expected a text, got one with half of a surrogate pair, which is no character"),
        (OPEN_CATEGORY, "\ud83d", "expected a string, got one with half of a surrogate pair, which is no character"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_what_to_send(feature: Feature, value: Any, told: str) -> None:
    assert refused(feature, value) == told


def test_two_halves_of_a_surrogate_pair_are_one_character_in_one_text_and_none_in_two() -> None:
    text = '{"instances": [["\\ud83d\\ude00"], ["\\ud83d"], ["\\ude00"]]}'
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(parse_body(text), [TEXT])
    assert [problem.row for problem in caught.value.problems] == [1, 2]


@pytest.mark.parametrize("digits", ["1e999", "-1e309", "9" * 400])
@pytest.mark.parametrize("feature", [CODE, OPEN_CODE])
def test_a_code_that_no_float_holds_is_no_json_as_of_any_number(feature: Feature, digits: str) -> None:
    with pytest.raises(InvalidJson, match="no 64-bit float can hold"):
        to_rows(parse_body(f'{{"features": [{digits}]}}'), [feature])


def test_every_refused_value_of_a_batch_is_told_up_to_the_bound() -> None:
    rows = [[1], [True], ["x"], [None], [False], [{}]]
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(Instances(rows, batch=True), [BOOLEAN])
    assert [problem.row for problem in caught.value.problems] == [0, 2, 3, 5]
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(Instances([["x" * 6]] * 50, batch=True), [TEXT])
    assert len(caught.value.problems) == MAX_PROBLEMS


@pytest.mark.parametrize(("gap", "held"), [("None", None), ("NaN", np.nan)])
@pytest.mark.parametrize(
    "feature",
    [
        Feature("a", "boolean", nullable=True),
        Feature("a", "category", nullable=True, categories=(1, 2)),
        Feature("a", "category", nullable=True, categories=("x",)),
        Feature("a", "category", nullable=True, categories=("x",), allow_unknown=True),
        Feature("a", "text", nullable=True, max_length=9),
    ],
)
def test_null_reaches_the_model_as_the_gap_that_it_was_fitted_on(feature: Feature, gap: Any, held: Any) -> None:
    (row,) = to_rows(parse_body('{"features": [null]}'), [replace(feature, gap=gap)])
    assert row[0] is held if held is None else np.isnan(row[0])


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 5)
    | st.sampled_from([3.0, 2.5, -0.0, 2**53, 2**53 + 1, 2.0**53, -(2**53) - 1, 1e300, 10**30])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["blue", "red", "3", "true", "\u0000", "😀😀😀😀😀", "xxxxxx"])
)
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(max_size=2), scalars, max_size=2)
features = st.builds(
    Feature,
    name=st.just("a"),
    kind=st.just("category"),
    nullable=st.booleans(),
    categories=st.sampled_from([("blue", "red"), (1, 2, 3), (0,), (1,), ("3",)]),
    allow_unknown=st.booleans(),
) | st.builds(
    Feature,
    name=st.just("a"),
    kind=st.sampled_from(["boolean", "text", "number"]),
    nullable=st.booleans(),
    max_length=st.sampled_from([None, 0, 5]),
)


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value fits a schema of those that `row_value` makes, as JSON Schema's validation has it."""
    if "enum" in schema:
        # In JSON, true is not 1.
        return any(value == known and isinstance(value, bool) == isinstance(known, bool) for known in schema["enum"])
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    types = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "string": isinstance(value, str),
        "number": is_number,
        "integer": is_number and value == int(value),
    }
    named = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(types[name] for name in named):
        return False
    if isinstance(value, str):
        return "maxLength" not in schema or len(value) <= schema["maxLength"]
    return not is_number or schema.get("minimum", value) <= value <= schema.get("maximum", value)


@given(features, st.lists(values, min_size=1, max_size=4))
@example(CODE, [True])
@example(Feature("a", "category", nullable=True, categories=(0, 1)), [False, None, 1.0])
@example(OPEN_CODE, [2**53, 2**53 + 1])
def test_what_the_schema_allows_is_taken_and_the_rest_is_refused_by_place(feature: Feature, column: list[Any]) -> None:
    expected = [index for index, value in enumerate(column) if not fits(value, row_value(feature))]
    try:
        rows = to_rows(Instances([[value] for value in column], batch=True), [feature])
    except InvalidFeatures as error:
        told = {problem.row for problem in error.problems}
        # Of a column of numbers that also holds other things, only these are told.
        assert told == set(expected) or (feature.kind == "number" and told < set(expected))
    else:
        assert expected == []
        assert len(rows) == len(column)


@given(st.lists(any_features, min_size=1, max_size=3), st.data())
def test_any_feature_of_any_manifest_has_a_schema_and_a_check(described: list[Feature], data: st.DataObject) -> None:
    row = [data.draw(values) for _ in described]
    taken = all(fits(value, row_value(feature)) for feature, value in zip(described, row, strict=True))
    try:
        to_rows(Instances([row], batch=False), described)
    except InvalidFeatures:
        assert not taken or any(feature.domain for feature in described)
    else:
        assert taken or any(feature.domain for feature in described)


def test_a_large_batch_of_every_kind_is_read_as_a_small_one(monkeypatch: pytest.MonkeyPatch) -> None:
    described = [BOOLEAN, CODE, OPEN_CODE, TEXT, OPEN_CATEGORY, WITH_GAPS, Feature("x", "number")]
    text = json.dumps({"instances": [[True, 3.0, -5, "ab: c", "e\u0301", None, 2**70]] * 3})
    read = []
    for large in (0, len(text) + 1):
        monkeypatch.setattr(instances, "LARGE", large)
        read.append(to_rows(parse_body(text), described).tolist())
    assert repr(read[0]) == repr(read[1])
    assert read[0][0][:4] == [True, 3, -5, "ab: c"]
