"""`handler.records.decoding`: strict, for the few types that records use, and exact about the place of a fault."""

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.records.decoding import Undecodable, decode


@dataclass(frozen=True)
class Part:
    size: int
    label: str = "plain"


@dataclass(frozen=True)
class Whole:
    text: str
    number: float
    switch: bool
    choice: Literal["a", "b"]
    parts: tuple[Part, ...]
    named: dict[str, Part]
    maybe: int | None
    scalar: float | str | None
    anything: Any


SOUND: dict[str, Any] = {
    "text": "t",
    "number": 1.5,
    "switch": True,
    "choice": "b",
    "parts": [{"size": 1}, {"size": 2, "label": "l"}],
    "named": {"x": {"size": 3}},
    "maybe": None,
    "scalar": "s",
    "anything": [{"a": 1}],
}


def test_a_sound_document_becomes_the_record() -> None:
    assert decode(Whole, SOUND) == Whole(
        "t", 1.5, True, "b", (Part(1), Part(2, "l")), {"x": Part(3)}, None, "s", [{"a": 1}]
    )


def test_a_whole_number_is_a_number_and_becomes_a_float() -> None:
    decoded = decode(Whole, SOUND | {"number": 2, "scalar": 3})
    assert (type(decoded.number), decoded.number) == (float, 2.0)
    assert (type(decoded.scalar), decoded.scalar) == (float, 3.0)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"text": 1}, "text must be a string, not a whole number"),
        ({"text": None}, "text must be a string, not null"),
        ({"number": "1"}, "number must be a number, not a string"),
        ({"number": True}, "number must be a number, not true or false"),
        ({"switch": 1}, "switch must be true or false, not a whole number"),
        ({"choice": "c"}, "choice must be 'a' or 'b', not a string"),
        ({"choice": ["a"]}, "choice must be 'a' or 'b', not a list"),
        ({"parts": {}}, "parts must be a list, not an object"),
        ({"parts": [{"size": 1}, 2]}, "parts[1] must be an object, not a whole number"),
        ({"parts": [{"size": 1}, {"size": 1.0}]}, "parts[1].size must be a whole number, not a number"),
        ({"parts": [{"size": True}]}, "parts[0].size must be a whole number, not true or false"),
        ({"parts": [{}]}, "parts[0] lacks the field 'size'"),
        ({"parts": [{"size": 1, "more": 1}]}, "parts[0] has an unknown field 'more'"),
        ({"named": []}, "named must be an object, not a list"),
        ({"named": {"x": {"size": "1"}}}, "named.x.size must be a whole number, not a string"),
        ({"maybe": "1"}, "maybe must be a whole number or null, not a string"),
        ({"maybe": False}, "maybe must be a whole number or null, not true or false"),
        ({"scalar": []}, "scalar must be a number or a string or null, not a list"),
        ({"more": 1}, "the document has an unknown field 'more'"),
    ],
)
def test_a_fault_is_told_with_its_place_what_was_expected_and_what_came(change: dict[str, Any], text: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(Whole, SOUND | change)
    assert str(caught.value) == text


@pytest.mark.parametrize("field", list(SOUND))
def test_a_field_without_a_default_must_be_there(field: str) -> None:
    document = {name: value for name, value in SOUND.items() if name != field}
    with pytest.raises(Undecodable, match=f"^the document lacks the field '{field}'$"):
        decode(Whole, document)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda items: st.lists(items, max_size=3)))
def test_what_is_no_object_is_told_and_nothing_else_is_raised(value: object) -> None:
    with pytest.raises(Undecodable, match=r"^the document must be an object, not "):
        decode(Whole, value)
