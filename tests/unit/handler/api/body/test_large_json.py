"""`handler.api.body.large_json`: whatever is sent, it is answered as the strict reader alone would have it answered."""

import json
import struct
import sys
from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handler.api.body import instances
from handler.api.body.instances import parse_body, to_rows
from handler.api.body.large_json import LARGE, read_batch
from handler.api.body.strict_json import read_strictly
from handler.errors.request import RefusedRows, RequestError
from handler.records.signature import Domain, Feature

NUMBERS = (Feature("a", "number"), Feature("b", "number", nullable=True))
BOUNDED = (Feature("a", "number", domain=Domain(values=(0.0, 1.0))), Feature("b:c", "number", nullable=True))
MIXED = (
    Feature("a", "number", nullable=True),
    Feature("b", "category", categories=("x", "12:30", "é")),
    Feature("c", "category", nullable=True, allow_unknown=True),
)

digits = st.text("0123456789", min_size=1, max_size=25)
signs = st.sampled_from(["", "", "-"])
whole = st.from_regex(r"-?(0|[1-9][0-9]{0,3})", fullmatch=True) | st.integers(-(2**70), 2**70).map(str)
decimal = st.builds("{}{}.{}".format, signs, st.integers(0, 10**20), digits)
scientific = st.builds(
    "{}{}{}{}{}".format,
    whole,
    st.just("") | digits.map(".{}".format),
    st.sampled_from("eE"),
    signs,
    st.integers(0, 400),
)
numbers = (
    whole
    | decimal
    | scientific
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.integers(2**63 - 2, 2**64 + 2).map(str)
    | st.integers(-(2**63) - 2, -(2**63) + 2).map(str)
)
other_scalars = st.sampled_from(
    ["null", "true", "false", "NaN", "Infinity", "-Infinity", "1e999", "-1e309", "01", "+1", ".5", "1.", "-", "0x1"]
) | st.sampled_from(
    ["-0", "-0.0", "0e0", "9" * 400, "9" * 4300, "9" * 4301, "9" * 5000, "1" + "0" * 308 + ".5", "nul", "1_0"]
)
names = st.sampled_from(['"a"', '"b"', '"c"', '"b:c"', '"\\u0061"', '"b\\u003ac"', '"b\\u003Ac"', '""', '"é"', "a"])
strings = (
    names
    | st.sampled_from(['"x"', '"12:30"', '"12\\u003a30"', '":"', '"\\u003a"', '"NaN"', '"true"', '"\\/"', '"', "'x'"])
    | st.sampled_from(['"\\\\"', '"\\""', '"\\ud800"', '"\\ud83d\\ude00"', '"\ud800"', '"\\x"'])
    | st.sampled_from(['"\x01"', '"\x7f"', '"\t"', '"\ufeff"', '"\u2028"'])
)
scalars = numbers | numbers | strings | other_scalars
blanks = st.sampled_from(["", "", "", " ", "\n", "\t\r", "\x0b", "\u00a0", "\ufeff", "/**/", "\x00"])


def list_of(values: list[str], blank: str) -> str:
    return f"[{f',{blank}'.join(values)}]"


def object_of(members: list[tuple[str, str]], blank: str) -> str:
    return "{" + ",".join(f"{name}{blank}:{value}" for name, value in members) + "}"


def containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    lists = st.builds(list_of, st.lists(inner, max_size=4), blanks)
    return lists | st.builds(object_of, st.lists(st.tuples(names, inner), max_size=4), blanks)


rows = containers(scalars) | st.builds(list_of, st.lists(numbers, min_size=2, max_size=2), blanks)
named_rows = st.builds(
    object_of,
    st.permutations(['"a"', '"b"'])
    .flatmap(lambda order: st.tuples(*[st.tuples(st.just(name), numbers) for name in order]))
    .map(list),
    blanks,
)
anything = st.recursive(scalars, containers, max_leaves=8)
batches = st.lists(rows | named_rows, min_size=1, max_size=3) | st.lists(rows | named_rows | anything, max_size=3)
bodies = st.builds(
    "{}{}{}".format,
    st.builds('{{{}"instances":{}{}}}'.format, blanks, blanks, st.builds(list_of, batches, blanks)),
    blanks,
    st.sampled_from(["", "", "", "{}", ",", "\x00"]),
)
texts = (
    bodies
    | anything
    | st.builds(
        object_of,
        st.lists(st.tuples(st.sampled_from(['"instances"', '"features"', '"inst\\u0061nces"']), anything), max_size=2),
        blanks,
    )
)


def outcome(text: str, features: tuple[Feature, ...], large: int) -> tuple[object, ...]:
    """What becomes of `text` as a body where bodies of `large` characters are large: its array to the last bit, or its
    refusal word for word."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instances, "LARGE", large)
        try:
            array = to_rows(parse_body(text), features)
        except RequestError as error:
            return type(error), str(error), error.problems if isinstance(error, RefusedRows) else ()
    return array.dtype, array.shape, [exactly(value) for value in array.ravel().tolist()]


def exactly(value: Any, *, long_integers: bool = True) -> Any:
    """`value` with its types and its bits; without `long_integers`, those beyond 64 bits are taken for floats."""
    if type(value) is float or (not long_integers and type(value) is int and not -(2**63) <= value < 2**64):
        return struct.pack("d", value)
    if type(value) is list:
        return [exactly(item, long_integers=long_integers) for item in value]
    if type(value) is dict:
        return [(name, exactly(item, long_integers=long_integers)) for name, item in value.items()]
    return type(value), value


@given(texts)
@example('{"instances":[[-0,-0.0]]}')
@example('{"instances":[[18446744073709551616,-9223372036854775809]]}')
@example('{"instances":[[1,"18446744073709551616"],[36893488147419103233,"x"]]}')
@example('{"instances":[{"a":36893488147419103233,"b":true}]}')
@example('{"instances":[[1e999,1]]}')
@example('{"instances":[[1,1]],"instances":[[1,2]]}')
@example('{"instances":[{"a":1,"a":2,"b":3}]}')
@example('{"instances":[{"a":1,"\\u0061":":","b":3}]}')
@example('{"instances":[{"a":1,"b":1,"b:c":"::","a":2}]}')
@example('{"instances":[{"a":1,"b:c":2}]}')
@example('{"instances":[{"a":1,"a":2,"b\\u003ac":3}]}')
@example('{"instances":[{"a":{"a":1,"a":1},"b":"\\u003a\\u003a\\u003a"}]}')
@example('{"instances":' + "[" * 900 + "]" * 900 + "}")
@example('{"instances":' + "[" * 100_000)
@example('{"instances":[[1,2]]}\ufeff')
def test_any_body_is_answered_as_by_the_strict_reader_alone(text: str) -> None:
    for features in (NUMBERS, BOUNDED, MIXED):
        assert outcome(text, features, large=0) == outcome(text, features, large=sys.maxsize)


@given(texts)
def test_what_is_read_is_what_the_strict_reader_reads_but_for_integers_beyond_64_bits(text: str) -> None:
    found = read_batch(text)
    if found is not None:
        body = read_strictly(text)
        assert list(body) == ["instances"]
        assert exactly(found, long_integers=False) == exactly(body["instances"], long_integers=False)


@given(
    st.lists(
        st.lists(st.floats(allow_nan=False) | st.integers(-(2**63), 2**64 - 1) | st.text(), min_size=1), min_size=1
    )
)
def test_any_batch_that_json_dumps_writes_is_read_exactly(batch: list[list[Any]]) -> None:
    text = json.dumps({"instances": batch}, ensure_ascii=False)
    if "Infinity" not in text and "\\" not in text:
        assert exactly(read_batch(text)) == exactly(batch)


@pytest.mark.parametrize(
    "rows",
    [
        '[{"a": 1, "b": 2}, {"b": 2, "a": 1}]',
        '[{"b:c": "12:30", ":": ":"}, ["::"]]',
        '[[1, "12:30"], ["::", null], 5]',
        '[{"a": "\\u00e9"}]',
    ],
)
def test_a_batch_without_a_name_twice_is_read_here(rows: str) -> None:
    assert read_batch(f'{{"instances": {rows}}}') == json.loads(rows)


@pytest.mark.parametrize(
    "rows",
    [
        '[{"a": 1, "a": 1}]',
        '[{"a": 1, "\\u0061": 1}]',
        '[{":": 1, ":": 1}]',
        '[{"a": "::::", "a": 1}]',
        '[{"a": 1, "a": "\\u003a", "b": 1}]',
        '[{"a": 1, "a": 1, "b": "\\u003a"}]',
        '[{"a": [{"b": 1, "b": 1}]}]',
        '[[{"b": 1, "b": 1}]]',
    ],
)
def test_a_name_that_stands_twice_is_left_to_the_strict_reader_at_any_depth(rows: str) -> None:
    assert orjson.loads(rows)
    assert read_batch(f'{{"instances": {rows}}}') is None
    assert read_batch('{"instances": [[1]], "instances": ' + rows + "}") is None


def test_a_small_body_is_not_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """orjson would be imported for it."""
    monkeypatch.setattr(instances, "read_batch", pytest.fail)
    text = '{"instances": [[1, 2]]}'
    assert parse_body(text + " " * (LARGE - len(text) - 1)).text is None


def test_a_large_body_that_is_refused_tells_its_values_as_they_were_sent() -> None:
    text = '{"instances": [[true, 36893488147419103233], [1, 1000000000000000000000000000000000000007]]}'.ljust(LARGE)
    assert parse_body(text).text == text
    _, sentence, problems = outcome(text, NUMBERS, LARGE)
    assert "row 0, feature 'a': expected a number, got true" in str(sentence)
    assert "1000000000000000000000000000000000000007" in str(problems)
