"""Columns of JSON values that are carried through."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

ALIKE = ({int}, {float}, {int, float}, {str}, {bool})
"""The types that one column of Arrow's can hold together."""


def kept_table(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> "pa.Table":
    """The columns `names`, of which each row has the values in that order, and None for what is missing.

    Numbers, texts and booleans are typed where a column holds nothing else; any other column is JSON text.
    """
    import pyarrow as pa

    if not names:
        return pa.table({"": pa.nulls(len(rows))}).select([])
    return pa.table({name: _column(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)})


def _column(values: Sequence[Any]) -> "pa.Array":
    import pyarrow as pa

    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values), pa.string())
    if kinds in ALIKE:
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, OverflowError, UnicodeError):  # beyond 64 bits
            pass
    return pa.array([None if value is None else _json_text(value) for value in values], pa.string())


def _json_text(value: Any) -> str:
    import orjson

    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # an integer beyond 64 bits, or half of a surrogate pair
        return json.dumps(value)
