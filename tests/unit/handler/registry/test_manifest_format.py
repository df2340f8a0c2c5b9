"""`handler.registry.manifest_format`: a field says with which format it came, and nothing else has to know.

The records are the tests' own; those of a manifest, and the kept files of older formats, are tested beside it.
"""

import json
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from handler.errors.model import InvalidManifest, UnknownManifestFormat
from handler.records.decoding import format_of, format_of_value, since
from handler.registry import manifest, manifest_format
from handler.registry.manifest_format import MANIFEST_FORMAT_VERSION, decode_json, document_in, oldest_format


@dataclass(frozen=True)
class Part:
    size: int
    label: str | None = field(default=None, metadata=since(2))


@dataclass(frozen=True)
class Whole:
    named: dict[str, Part]
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = field(default=(), metadata=since(3))


@pytest.fixture(autouse=True)
def three_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest_format, "MANIFEST_FORMAT_VERSION", 3)


SAID = [
    (Whole({}), 1),
    (Whole({"a": Part(2)}, (Part(1),)), 1),
    (Whole({}, (Part(1), Part(2, "two"))), 2),
    (Whole({"a": Part(2, "two")}), 2),
    (Whole({}, (Part(2, "two"),), ("n",)), 3),
    (Whole({}, notes=("n",)), 3),
]


@pytest.mark.parametrize(("record", "expected"), SAID)
def test_a_record_is_of_the_oldest_format_that_can_say_it_and_comes_back_from_it(record: Whole, expected: int) -> None:
    assert oldest_format(record) == expected
    document = {"format_version": expected, **document_in(expected, record)}
    assert decode_json(Whole, json.dumps(document)) == record


def test_a_format_leaves_out_what_came_after_it_wherever_it_stands() -> None:
    record = Whole({"a": Part(2)}, (Part(1),))
    assert document_in(1, record) == {"parts": [{"size": 1}], "named": {"a": {"size": 2}}}
    labelled = {"parts": [{"size": 1, "label": None}], "named": {"a": {"size": 2, "label": None}}}
    assert document_in(2, record) == labelled
    assert document_in(3, record) == labelled | {"notes": []}


@pytest.mark.parametrize(
    ("written", "document", "fault"),
    [
        (1, {"named": {}, "parts": [{"size": 1, "label": None}]}, "parts[0] has an unknown field 'label'"),
        (1, {"named": {"a": {"size": 1, "label": "l"}}}, "named.a has an unknown field 'label'"),
        (2, {"named": {}, "notes": []}, "the document has an unknown field 'notes'"),
    ],
)
def test_a_document_holds_no_field_of_a_later_format(written: int, document: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidManifest) as caught:
        decode_json(Whole, json.dumps({"format_version": written, **document}))
    assert f"{fault}, which came with format {written + 1}" in str(caught.value)


@pytest.mark.parametrize("written", [0, 4])
def test_a_format_that_is_not_known_is_refused_whatever_else_is_in_it(written: int) -> None:
    with pytest.raises(UnknownManifestFormat, match="this code reads formats 1 to 3"):
        decode_json(Whole, json.dumps({"format_version": written, "of_the_future": 1}))


def said_by(field: "Field[Any]", hint: Any) -> set[int]:
    """The formats that a field, and each of the values that its type lists, came with."""
    values = get_args(hint) if get_origin(hint) is Literal else ()
    return {format_of(field), *(format_of_value(field, value) for value in values)}


def test_the_newest_format_is_that_of_the_newest_field_or_value_and_each_older_one_has_a_kept_file() -> None:
    records = [record for record in vars(manifest).values() if hasattr(record, "__dataclass_fields__")]
    formats = [said_by(field, get_type_hints(record)[field.name]) for record in records for field in fields(record)]
    assert set().union(*formats) == set(range(1, MANIFEST_FORMAT_VERSION + 1))
    for older in range(1, MANIFEST_FORMAT_VERSION):
        assert list(Path(__file__).parent.glob(f"format_{older}/*.json"))
