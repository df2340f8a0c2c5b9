"""`handler.records.decoding`: strict, for the few types that records use, and exact about the place of a fault."""

from dataclasses import dataclass, fields
from typing import Any, Literal

import pytest
from hypothesis import given, settings
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


@dataclass(frozen=True)
class Lists:
    whole: tuple[int, ...] = ()
    number: tuple[float, ...] = ()
    text: tuple[str, ...] = ()
    category: tuple[str | int, ...] = ()
    value: tuple[float | str | bool | None, ...] = ()
    either: tuple[float | int, ...] = ()
    shares: tuple[dict[str, float], ...] = ()
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Items:
    """A field of one item for those of `Lists`."""

    whole: int = 0
    number: float = 0.0
    text: str = ""
    category: str | int = ""
    value: float | str | bool | None = None
    either: float | int = 0.0
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class ItemOfShares:
    shares: dict[str, float]


class Refusal(str):
    __slots__ = ()


def decoded(cls: type[Any], name: str, value: Any) -> Any:
    """The field of this name, or how it is refused, but for its place."""
    try:
        return getattr(decode(cls, {name: value}), name)
    except Undecodable as error:
        return Refusal(str(error).partition(" must be ")[2])


def typed(values: Any) -> list[tuple[type, Any]]:
    return [(type(value), value) for value in values]


kinds: list[st.SearchStrategy[Any]] = [
    st.integers(-9, 9),
    st.sampled_from([0.5, 2.0]),
    st.text(max_size=2),
    st.booleans(),
    st.none(),
    st.just({"a": 1}),
    st.just(["a"]),
]
lists = st.sampled_from([*kinds, kinds[0] | kinds[1], kinds[0] | kinds[2], st.one_of(kinds)]).flatmap(
    lambda kind: st.lists(kind, max_size=3)
)


@pytest.mark.parametrize("name", [each.name for each in fields(Lists)])
@settings(max_examples=40)
@given(lists)
def test_a_list_is_decoded_as_each_of_its_items_is(name: str, given_items: list[Any]) -> None:
    each = [decoded(ItemOfShares if name == "shares" else Items, name, item) for item in given_items]
    refused = [one for one in each if isinstance(one, Refusal)]
    found = decoded(Lists, name, given_items)
    if refused:
        assert found == refused[0]
    else:
        assert typed(found) == typed(each)
