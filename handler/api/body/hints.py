"""What a body that was refused looks like, and what to send in its place: the mistakes that people make.

`handler.api.body.instances` asks once it has refused a body, so nothing here costs a sound request anything. It decides
no status and no code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

OTHER_NAMES = frozenset(
    {
        *("data", "X", "x", "values", "row", "rows", "records", "samples", "instance", "feature"),
        *("input", "inputs", "input_data", "dataframe_records", "dataframe_split"),
    }
)
"""What other services call the rows."""

GAPS = frozenset({"", "na", "n/a", "nan", "null", "none", "inf", "-inf", "infinity", "-infinity"})
"""Strings, in lower case, that stand for a number which is not there."""

ROWS = """send one row as {"features": […]}, several as {"instances": [[…], …]}"""


def of_other_bytes(text: str) -> str | None:
    """What `text` is where it was no text when it was sent, or text of another encoding; None for any other."""
    if text.startswith("\x1f"):
        return "it is gzip that was taken for text on its way; send it uncompressed"
    # JSON begins with two characters of ASCII, so zeros tell how wide each is (RFC 4627, 3).
    encoding = {2: "UTF-16", 3: "UTF-32"}.get(text[:4].count("\0"))
    return encoding and f"it is {encoding}, and must be UTF-8"


def of_no_object(body: object) -> str:
    """The sentence on JSON that is no object."""
    needed = "The body must be a JSON object with 'features' or 'instances'"
    if isinstance(body, str) and holds_json(body):
        return f"{needed}; a string that holds JSON came, so it was encoded twice: send the object itself."
    return f"{needed}; {_kind(body)} came{f': {ROWS}' if isinstance(body, list) else ''}."


def of_no_rows(body: Mapping[str, Any]) -> str:
    """The sentence on an object that has neither `features` nor `instances`."""
    told = "Invalid input: 'features' key not found"
    other = next((name for name in body if name in OTHER_NAMES), None)
    return told if other is None else f"{told}; {other!r} came: send one row as 'features', several as 'instances'."


def of_no_list(instances: object) -> str:
    """The sentence on `instances` that are no list, or an empty one."""
    needed = "'instances' must be a list of at least one row"
    if isinstance(instances, dict):
        if instances and all(isinstance(column, list) for column in instances.values()):
            return f'{needed}; columns came: send a row for each of their values, [{{"name": value, …}}, …].'
        return f"{needed}; one object came: send it as 'features', or in a list."
    if isinstance(instances, str) and holds_json(instances):
        return f"{needed}; JSON within a string came: send the list itself."
    return f"{needed}; {'an empty list' if isinstance(instances, list) else _kind(instances)} came."


def of_nested_row(row: object, width: int, *, batch: bool) -> str | None:
    """What is wrong with a row that holds rows in place of `width` values; None for any other."""
    if not isinstance(row, list) or not row or not all(isinstance(value, list | dict) for value in row):
        return None
    came = "a row within a list" if len(row) == 1 else f"{len(row)} rows"
    if batch:
        return f"expected {width} values, came {came}: there is one list too many in 'instances', which takes [[…], …]"
    mended = "send the row itself as 'features'" if len(row) == 1 else "send them as 'instances'"
    return f"expected {width} values, came {came}: {mended}"


def of_value(value: object, wanted: str) -> str:
    """What to add on a value that was refused where `wanted` was expected; mostly nothing."""
    if wanted.startswith("a number") and isinstance(value, str) and value.strip().lower() in GAPS:
        return "; a gap is spelt null, where the model takes one"
    return ""


def of_row(row: object) -> str:
    """What to add on a row that is neither a list nor an object; mostly nothing."""
    if isinstance(row, str) and holds_json(row):
        return ", which is JSON within a string: send what is in it, as 'features' or in 'instances'"
    return ""


def holds_json(text: str) -> bool:
    """Whether `text` begins as a JSON object, list or string does."""
    return text.lstrip()[:1] in ("{", "[", '"')


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds: Sequence[tuple[type, str]] = ((bool, "a boolean"), (str, "a string"), (list, "a list"), (dict, "an object"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "a number")
