"""The reader that a body is refused by: strict JSON (RFC 8259), and a sentence for each way not to be that.

`large_json` reads faster and refuses nothing; what it leaves comes here.
"""

import json
from typing import Any

from handler.api.body import hints as body_hints
from handler.errors.request import InvalidJson


class RepeatedNames(dict[str, Any]):
    """A JSON object in which a name stands twice. A plain dict would keep the last and say nothing."""


def read_strictly(text: str) -> Any:
    """The value that `text` spells; raises InvalidJson.

    An object with a name that stands twice becomes RepeatedNames. 1e999 becomes infinity.
    """
    if not text:
        raise InvalidJson(f"The body is empty, which is not JSON: {body_hints.ROWS}.")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_object)
    except RecursionError:
        raise InvalidJson("The body is nested too deeply to be a request.") from None
    except json.JSONDecodeError as error:
        raise InvalidJson(f"The body is not JSON: {body_hints.of_other_bytes(text) or error}.") from None
    except ValueError:  # Python converts no integer of more than 4300 digits
        raise InvalidJson("The body holds a number that no 64-bit float can hold.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    return parsed if len(parsed) == len(pairs) else RepeatedNames(pairs)


def _no_constant(name: str) -> float:
    raise InvalidJson(f"{name} is not a JSON number; send null where the model takes one.")
