"""Each kind of feature takes its own values and no others, which is what the contract says of it."""

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handler.api.body.instances import Instances, parse_body, to_rows
from handler.api.contract.row_values import row_value
from handler.errors.request import InvalidFeatures
from handler.records.signature import Feature
from tests.unit.handler.manifests import features as any_features

BOOLEAN = Feature("member", "boolean")
CODE = Feature("class", "category", categories=(1, 2, 3))
OPEN_CODE = Feature("shop", "category", categories=(10, 20), allow_unknown=True)
TEXT = Feature("remark", "text", max_length=5)
ANY_TEXT = Feature("remark", "text")
OPEN_CATEGORY = Feature("colour", "category", categories=("blue",), allow_unknown=True)
WITH_GAPS = Feature("member", "boolean", nullable=True)


@pytest.mark.xfail(strict=True, reason="only numbers and categories of texts are known")
def test_two_halves_of_a_surrogate_pair_are_one_character_in_one_text_and_none_in_two() -> None:
    text = '{"instances": [["\\ud83d\\ude00"], ["\\ud83d"], ["\\ude00"]]}'
    with pytest.raises(InvalidFeatures) as caught:
        to_rows(parse_body(text), [TEXT])
    assert [problem.row for problem in caught.value.problems] == [1, 2]


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


@pytest.mark.xfail(strict=True, reason="only numbers and categories of texts are known")
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


@pytest.mark.xfail(strict=True, reason="only numbers and categories of texts are known")
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
