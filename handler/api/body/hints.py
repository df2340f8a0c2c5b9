"""What a body that was refused looks like, and what to send in its place: the mistakes that people make.

Nothing here runs before a body is refused, so a sound request does not pay for it. The status and the code of the
refusal are decided elsewhere.
"""

import json
import re
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
"""What people write, in lower case, where a number is missing."""

_WHOLE = r"\s*[+-]?[0-9]+(\.0*)?\s*"  # compiled where it is needed: a cold start does not pay for it

ROWS = """send one row as {"features": […]}, several as {"instances": [[…], …]}"""


def of_other_bytes(text: str) -> str | None:
    """What `text` really is, if it was sent as gzip or in another encoding than UTF-8; None where it was not."""
    if text.startswith("\x1f"):
        return "it is gzip that was treated as text on its way; send it uncompressed"
    # JSON begins with two characters of ASCII, so the zeros show how wide each is (RFC 4627, 3).
    encoding = {2: "UTF-16", 3: "UTF-32"}.get(text[:4].count("\0"))
    return encoding and f"it is {encoding}, and must be UTF-8"


def of_no_object(body: object) -> str:
    """The sentence for JSON that is not an object."""
    needed = "The body must be a JSON object with 'features' or 'instances'"
    if isinstance(body, str) and holds_json(body):
        return f"{needed}; got a string that holds JSON, so it was encoded twice: send the object itself."
    return f"{needed}; got {_kind(body)}{f': {ROWS}' if isinstance(body, list) else ''}."


def of_no_rows(body: Mapping[str, Any]) -> str:
    """The sentence for an object that has neither `features` nor `instances`."""
    problem = "Invalid input: 'features' key not found"
    other = next((name for name in body if name in OTHER_NAMES), None)
    if other is None:
        return problem
    return f"{problem}; got {other!r}: send one row as 'features', several as 'instances'."


def of_no_list(instances: object) -> str:
    """The sentence for `instances` that is no list, or an empty one."""
    needed = "'instances' must be a list of at least one row"
    if isinstance(instances, dict):
        if instances and all(isinstance(column, list) for column in instances.values()):
            return f'{needed}; got columns: send a row for each of their values, [{{"name": value, …}}, …].'
        return f"{needed}; got one object: send it as 'features', or in a list."
    if isinstance(instances, str) and holds_json(instances):
        return f"{needed}; got JSON within a string: send the list itself."
    return f"{needed}; got {'an empty list' if isinstance(instances, list) else _kind(instances)}."


def of_nested_row(row: object, width: int, *, batch: bool) -> str | None:
    """What is wrong with a row that holds rows in place of `width` values; None for any other."""
    if not isinstance(row, list) or not row or not all(isinstance(value, list | dict) for value in row):
        return None
    got = "a row within a list" if len(row) == 1 else f"{len(row)} rows"
    if batch:
        return f"expected {width} values, got {got}: there is one list too many in 'instances', which takes [[…], …]"
    mended = "send the row itself as 'features'" if len(row) == 1 else "send them as 'instances'"
    return f"expected {width} values, got {got}: {mended}"


def of_number(value: object) -> str:
    """What to add about a value that was refused where a number was expected; mostly nothing."""
    if isinstance(value, str) and value.strip().lower() in GAPS:
        return "; send null for a missing value, where the model takes one"
    return ""


def of_code(value: object) -> str:
    """What to add about a value that was refused where a whole number that is a code was expected; mostly nothing."""
    if isinstance(value, str) and re.fullmatch(_WHOLE, value, re.ASCII):
        return "; send the number itself, without quotes"
    return of_number(value)


def of_boolean(value: object) -> str:
    """What to add about a value that was refused where true or false was expected; mostly nothing."""
    if type(value) in (int, float) and value in (0, 1):
        return f"; send {'true' if value else 'false'}"
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return f"; send {value.strip().lower()}, without quotes"
    return of_number(value)


def of_text(value: object) -> str:
    """What to add about a value that was refused where a text was expected; mostly nothing."""
    return "; send it in quotes" if isinstance(value, bool | int | float) else ""


def described(value: object) -> str:
    """How a refused value is named in the answer; a long one is cut."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return f"the {'string' if isinstance(value, str) else 'number'} {text if len(text) <= 60 else text[:60] + '…'}"


def of_row(row: object) -> str:
    """What to add about a row that is neither a list nor an object; mostly nothing."""
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
