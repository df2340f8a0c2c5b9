"""From the text of a request to the array that the estimator is asked with.

`handler.app` calls `parse_body`, which needs no model, and then `to_rows`, which holds the rows against the features
of the model that serves. Both check the whole batch before they refuse, so that a client learns of every problem at
once. There is no schema library here: the checks run on columns at C speed, and importing one would cost every cold
start.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.errors import InvalidBody, InvalidFeatures, InvalidJson, Problem
from handler.manifest import Feature

MAX_PROBLEMS = 20

# Only such a text can hold a number beyond a 64-bit float: an exponent of three digits, or very many digits.
_MAYBE_OUT_OF_RANGE = re.compile(r"[eE]\+?\d{3}|\d{200}")


@dataclass(frozen=True)
class Instances:
    """The rows of a request, unchecked, and whether it was a batch (`instances`) or one row (`features`)."""

    rows: list[Any]
    batch: bool


class RepeatedNames(dict[str, Any]):
    """A JSON object in which a name stands twice. A plain dict would keep the last and say nothing."""


def parse_body(text: str) -> Instances:
    """Parse the body of POST /predict; raises InvalidJson or InvalidBody."""
    body = _parse_strict_json(text)
    if not isinstance(body, dict):
        raise InvalidBody("The body must be a JSON object with 'features' or 'instances'.")
    if "features" not in body and "instances" not in body:
        raise InvalidBody("Invalid input: 'features' key not found")
    if len(body) > 1 or isinstance(body, RepeatedNames):
        raise InvalidBody("The body must hold either 'features' or 'instances', once, and nothing else.")
    if "features" in body:
        return Instances([body["features"]], batch=False)
    rows = body["instances"]
    if not isinstance(rows, list) or not rows:
        raise InvalidBody("'instances' must be a list of at least one row.")
    return Instances(rows, batch=True)


def to_rows(instances: Instances, features: Sequence[Feature]) -> NDArray[Any]:
    """The rows as an array of shape (rows, features), in the order of `features`; raises InvalidFeatures.

    float64 where every feature is a number, object where a category stands among them. A null becomes NaN in a number's
    column and None in a category's.
    """
    names = [feature.name for feature in features]
    known = set(names)
    problems: list[Problem] = []
    indexes, ordered = [], []
    for index, row in enumerate(instances.rows):
        if type(row) is list and len(row) == len(names):
            indexes.append(index)
            ordered.append(row)
        elif type(row) is dict and row.keys() == known:
            indexes.append(index)
            ordered.append([row[name] for name in names])
        else:
            problems.extend(_row_problems(index, row, names))
    columns = list(zip(*ordered, strict=True))
    for feature, column in zip(features, columns, strict=False):
        problems.extend(_column_problems(feature, column, indexes))
    if problems:
        raise _refusal(sorted(problems, key=lambda problem: problem.row))
    numbers_only = all(feature.kind == "number" for feature in features)
    matrix = np.empty((len(ordered), len(features)), dtype=np.float64 if numbers_only else object)
    for index, (feature, column) in enumerate(zip(features, columns, strict=True)):
        matrix[:, index] = np.array(column, dtype=np.float64 if feature.kind == "number" else object)
    return matrix


def _parse_strict_json(text: str) -> Any:
    hooks: dict[str, Any] = {"parse_constant": _no_constant, "object_pairs_hook": _object}
    if _MAYBE_OUT_OF_RANGE.search(text):
        hooks |= {"parse_float": _finite_float, "parse_int": _finite_int}
    try:
        return json.loads(text, **hooks)
    except RecursionError:
        raise InvalidJson("The body is nested too deeply to be a request.") from None
    except json.JSONDecodeError as error:
        raise InvalidJson(f"The body is not JSON: {error}.") from None
    except ValueError as error:
        raise InvalidJson(f"The body is not JSON that this service takes: {error}.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    parsed = dict(pairs)
    return parsed if len(parsed) == len(pairs) else RepeatedNames(pairs)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number; leave the value out, or send null where the model takes it")


def _finite_float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("it holds a number that a 64-bit float cannot hold")
    return value


def _finite_int(digits: str) -> int:
    _finite_float(digits)
    return int(digits)


def _row_problems(index: int, row: object, names: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with a row that cannot be laid out in columns: its form, its length, its names."""
    if isinstance(row, list):
        yield Problem(index, None, f"expected {len(names)} values, came {len(row)}")
    elif isinstance(row, RepeatedNames):
        yield Problem(index, None, "a feature's name stands in it more than once")
    elif isinstance(row, dict):
        yield from (Problem(index, name, "missing") for name in names if name not in row)
        yield from (Problem(index, name[:100], "unknown to this model") for name in row if name not in names)
    else:
        yield Problem(index, None, f"expected a list of values or an object of named values, came {_described(row)}")


def _column_problems(feature: Feature, column: tuple[Any, ...], indexes: Sequence[int]) -> Iterator[Problem]:
    """What is wrong with one feature's values. A sound column is told by its set of types, in one pass at C speed."""
    expected: set[type] = {int, float} if feature.kind == "number" else {str}
    if feature.nullable:
        expected.add(type(None))
    if set(map(type, column)) <= expected and (feature.kind == "number" or set(column) <= {*feature.categories, None}):
        return
    wanted = "a number" if feature.kind == "number" else f"one of {', '.join(map(repr, feature.categories[:20]))}"
    if feature.nullable:
        wanted += " or null"
    for index, value in zip(indexes, column, strict=True):
        if type(value) not in expected or (type(value) is str and value not in feature.categories):
            yield Problem(index, feature.name, f"expected {wanted}, came {_described(value)}")


def _described(value: object) -> str:
    """How a refused value is named to its sender; a long one is cut."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "an object"
    text = json.dumps(value)
    return f"the {'string' if isinstance(value, str) else 'number'} {text if len(text) <= 60 else text[:60] + '…'}"


def _refusal(problems: Sequence[Problem]) -> InvalidFeatures:
    first = problems[0]
    place = f"row {first.row}" + (f", feature {first.feature!r}" if first.feature is not None else "")
    more = f" ({len(problems)} problems in all)" if len(problems) > 1 else ""
    return InvalidFeatures(
        f"The values do not fit the model: {place}: {first.problem}{more}.", tuple(problems[:MAX_PROBLEMS])
    )
