"""`handler.registry.alias`: the round trip, and what is not an alias."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.errors.model import InvalidAlias
from handler.registry.alias import ALIAS_FORMAT_VERSION, Alias
from tests.unit.handler.models import alias_of

ALIAS = alias_of("20260131T235959Z-0123abcd", "ab" * 32)

aliases = st.builds(
    Alias,
    format_version=st.just(ALIAS_FORMAT_VERSION),
    version=st.text(),
    manifest_sha256=st.text(),
    promoted_at=st.text(),
    promoted_by=st.text(),
    reason=st.text(),
    previous=st.none() | st.text(),
)


@given(aliases)
def test_an_alias_comes_back_unchanged_from_its_json(alias: Alias) -> None:
    assert Alias.from_json(alias.to_json()) == alias
    assert Alias.from_json(alias.to_json().encode()) == alias


@given(aliases)
def test_the_json_of_an_alias_is_written_again_as_it_was(alias: Alias) -> None:
    assert Alias.from_json(alias.to_json()).to_json() == alias.to_json()


def test_the_fields_are_those_of_the_design() -> None:
    names = "format_version version manifest_sha256 promoted_at promoted_by reason previous"
    assert list(json.loads(ALIAS.to_json())) == names.split()


@pytest.mark.parametrize("written", [0, 2, 99, -1])
def test_another_format_is_refused_with_both_numbers(written: int) -> None:
    text = replace(ALIAS, format_version=written).to_json()
    with pytest.raises(InvalidAlias, match=rf"format {written}, this code reads format 1"):
        Alias.from_json(text)


@pytest.mark.parametrize("field", list(asdict(ALIAS)))
def test_each_missing_field_is_named(field: str) -> None:
    document = {name: value for name, value in asdict(ALIAS).items() if name != field}
    with pytest.raises(InvalidAlias, match=f"lacks the field '{field}'"):
        Alias.from_json(json.dumps(document))


@pytest.mark.parametrize("field", list(asdict(ALIAS)))
@pytest.mark.parametrize("wrong", [True, 1.5, [], {}])
def test_each_mistyped_field_is_named(field: str, wrong: Any) -> None:
    with pytest.raises(InvalidAlias, match=f"{field} must be "):
        Alias.from_json(json.dumps(asdict(ALIAS) | {field: wrong}))


def test_an_extra_field_is_named() -> None:
    with pytest.raises(InvalidAlias, match="unknown field 'surprise'"):
        Alias.from_json(json.dumps(asdict(ALIAS) | {"surprise": 1}))


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff\xfe\xff", b"\x80\x04.", b"null", b"[]", b'"production"', b"[" * 100_000, b"NaN"]
)
def test_bytes_that_hold_no_alias_are_an_invalid_alias(data: bytes) -> None:
    with pytest.raises(InvalidAlias, match=r"^The alias file cannot be read: .+\.$"):
        Alias.from_json(data)
