"""How the records of a manifest become JSON, and JSON of any format becomes the records.

A manifest is written in the oldest format that can say it, because a running function refuses a format that it does not
know; every older format stays readable. So a field says, where it is declared, which format it came with.

To add a field, declare it in its record as `field(default=…, metadata=since(3))`, with a default that says nothing.
Where a field that is there gets new values, `metadata=needing(…)` says which format each of them came with. The first
of a new format also raises MANIFEST_FORMAT_VERSION, and wants a file of the format before under tests/. The handler
that knows a field is deployed before `training` writes it.
"""

import json
import math
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from handler.errors.model import InvalidManifest, UnknownManifestFormat
from handler.records.decoding import Undecodable, decode, format_of, format_of_value

MANIFEST_FORMAT_VERSION = 5
"""The newest format. Raised by one whenever a field is added or changes its meaning."""

Record = TypeVar("Record")


def decode_json(cls: type[Record], text: str | bytes) -> Record:
    """The `cls` that `text` holds, whichever format it has.

    Raises UnknownManifestFormat where a later release wrote it, InvalidManifest where it is none.
    """
    try:
        document = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise InvalidManifest(f"The manifest is not JSON: {error}.") from error
    try:
        written = _written_format(document)
        del document["format_version"]
        return decode(cls, document, written=written)
    except Undecodable as error:
        raise InvalidManifest(f"The manifest cannot be read: {error}.") from error


def oldest_format(record: Any) -> int:
    """The oldest format that can say `record`, or a value in it."""
    if is_dataclass(record):
        said = [(field, getattr(record, field.name)) for field in fields(record)]
        newer = [format_of_value(field, value) for field, value in said if value != field.default]
        return max(*newer, *(oldest_format(getattr(record, field.name)) for field in fields(record)), 1)
    if isinstance(record, dict):
        return max(map(oldest_format, record.values()), default=1)
    return max(map(oldest_format, record), default=1) if isinstance(record, tuple) else 1


def document_in(written: int, record: Any) -> Any:
    """`record`, or a value in it, as JSON's objects and lists, without the fields that came after format `written`."""
    if is_dataclass(record):
        known = [field.name for field in fields(record) if format_of(field) <= written]
        return {name: document_in(written, getattr(record, name)) for name in known}
    if isinstance(record, dict):
        return {key: document_in(written, value) for key, value in record.items()}
    return [document_in(written, value) for value in record] if isinstance(record, tuple) else record


def _written_format(document: object) -> int:
    """The format that `document` says it has; raises Undecodable, or UnknownManifestFormat on one not known here."""
    if not isinstance(document, dict):
        raise Undecodable("the document must be an object")
    if "format_version" not in document:
        raise Undecodable("the document lacks the field 'format_version'")
    written = document["format_version"]
    if type(written) is not int:
        raise Undecodable("format_version must be a whole number")
    if not 1 <= written <= MANIFEST_FORMAT_VERSION:
        raise UnknownManifestFormat(
            f"The manifest has format {written}, this code reads formats 1 to {MANIFEST_FORMAT_VERSION}: "
            "deploy the release that wrote it, or publish the model with this one."
        )
    return written


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:30]} is more than a 64-bit float holds")
    return value
