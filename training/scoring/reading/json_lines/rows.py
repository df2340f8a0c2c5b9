"""One line of JSON Lines: the row in it, as a request has it, or why it is refused.

orjson reads a line; one that it does not take, or in which a name may stand twice, is read again by the handler's own
reader. What that reader takes and no other JSON can spell, as 1e999 or half of a surrogate pair, the handler looks at
at once.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from handler.api.body.instances import Instances, to_rows
from handler.api.body.sound_numbers import in_order
from handler.api.body.strict_json import read_strictly
from handler.errors.request import RequestTooLarge, UndecodableBody
from handler.records.signature import Feature

MOST_BYTES = 8 * 1024 * 1024
"""Of a line. A request has less: 6 MB ("Lambda quotas", invocation payload)."""

TOO_LONG = b""
"""Stands for a line of more than MOST_BYTES; a line that is empty is no row."""

WRAPPED = "features"
"""A line may be the body of a request for one row."""

INTEGERS = range(-(2**63), 2**64)
"""What orjson writes as integers."""


class LineReader:
    """Reads lines for a model of these features; `keep` are names beside them whose values must be exact."""

    def __init__(self, features: Sequence[Feature], keep: Sequence[str]) -> None:
        self._features = features
        self._names = [feature.name for feature in features]
        self._take = in_order(self._names)
        self._keep = keep

    def read(self, line: bytes) -> tuple[Any, Any]:
        """What the line holds, and the row in it: a list in the model's order where an object has all features.

        Other names beside those are no part of the row. Raises RequestError.
        """
        if line == TOO_LONG:
            raise RequestTooLarge(f"The line has more than {MOST_BYTES:,} bytes, which no request may have.")
        try:
            value = orjson.loads(line)
        except orjson.JSONDecodeError:
            return self._strictly(line)
        if not _each_name_once(line, value) or self._is_rounded(value):
            return self._strictly(line)
        return value, self._row_of(value)

    def _strictly(self, line: bytes) -> tuple[Any, Any]:
        try:
            text = line.decode()
        except UnicodeDecodeError:
            raise UndecodableBody("The line must be UTF-8.") from None
        value = read_strictly(text)
        row = self._row_of(value)
        to_rows(Instances([row], batch=False), self._features)
        return value, _writable(row)

    def _row_of(self, value: Any) -> Any:
        if type(value) is not dict:
            return value
        try:
            return list(self._take(value))
        except KeyError:
            if WRAPPED in value and WRAPPED not in self._names:
                return value[WRAPPED]
            return {name: value[name] for name in self._names if name in value}

    def _is_rounded(self, value: Any) -> bool:
        """Whether a value to keep may be an integer of more than 64 bits, of which orjson makes a float."""
        return type(value) is dict and any(
            type(kept) is float and abs(kept) >= 2**63 for kept in map(value.get, self._keep)
        )


def _each_name_once(line: bytes, value: Any) -> bool:
    """Whether no name of an object stands twice in the line, of which orjson keeps the last.

    As `handler.api.body.large_json` finds it: each member has a colon, and so the line has no more colons than what was
    read of it accounts for. False where that cannot be said.
    """
    colons = line.count(b":")
    if colons == (len(value) if type(value) is dict else 0):
        return True
    return b"\\" not in line and colons == _colons(value)


def _colons(value: Any) -> int:
    if type(value) is dict:
        return len(value) + sum(map(_colons, value)) + sum(map(_colons, value.values()))
    if type(value) is list:
        return sum(map(_colons, value))
    return value.count(":") if type(value) is str else 0


def _writable(row: Any) -> Any:
    """The row with floats for integers of more than 64 bits; an array of numbers would hold no others."""
    if type(row) is not list:
        return row
    return [float(value) if type(value) is int and value not in INTEGERS else value for value in row]
