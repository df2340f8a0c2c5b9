"""JSON of one line that says the same when it is read again: each float to its last bit, and what strict JSON has no
value for as a request would hold it.

orjson writes it where it can. It has no whole number beyond 64 bits, no half of a surrogate pair, and makes null of an
infinite number; an object in which a name stands twice is no plain one.
"""

import json
import math
from typing import Any

from handler.api.body.strict_json import RepeatedNames, read_strictly
from handler.errors.request import InvalidJson


def json_line(value: Any) -> bytes:
    """`value` without an end of line. An infinite number is 1e999, which is read as infinity again; NaN is null.

    Raises TypeError on what JSON does not have.
    """
    import orjson  # not needed by who reads alone

    try:
        line = orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_SUBCLASS)
        if b"null" not in line:
            return line
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError):
        return _spelled(value).encode()


def read_json_line(line: bytes) -> Any:
    """The value of a line, as a request's body would have it; raises InvalidJson."""
    try:
        return read_strictly(line.decode())
    except UnicodeDecodeError:
        raise InvalidJson("The line is not UTF-8.") from None


def shallow(row: Any) -> Any:
    """`row`, a list or an object, with nothing in the lists and objects that it holds."""
    if isinstance(row, list):
        return [type(value)() if isinstance(value, list | dict) else value for value in row]
    if isinstance(row, dict):
        return type(row)((name, shallow([value])[0]) for name, value in row.items())
    return row


def _spelled(value: Any) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "null" if math.isnan(value) else "1e999" if value > 0 else "-1e999"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_spelled, value))}]"
    if isinstance(value, dict):
        members = [f"{json.dumps(name)}:{_spelled(member)}" for name, member in value.items()]
        # The first one again: it is told by that a name stands twice, not by which.
        return "{" + ",".join(members[:1] + members if isinstance(value, RepeatedNames) else members) + "}"
    return json.dumps(value)
