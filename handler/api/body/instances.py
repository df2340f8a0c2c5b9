"""From the text of a request to the array that the estimator predicts on.

`parse_body` needs no model; `to_rows` checks the rows against the features of one. Each checks the whole batch before
it refuses, so that a client learns of every problem at once. There is no schema library here: the checks run on
columns at C speed, and importing one would cost every cold start.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.api.body import hints as body_hints
from handler.api.body.large_json import LARGE, read_batch
from handler.api.body.sound_numbers import in_order, sound_numbers
from handler.api.body.strict_json import RepeatedNames, read_strictly
from handler.errors.base import MAX_PROBLEMS, Problem
from handler.errors.request import InvalidBody, InvalidFeatures, RequestError
from handler.records.signature import Feature
from handler.rows.dtype import row_dtype, typed_column


@dataclass(frozen=True)
class Instances:
    """The rows of a request, unchecked, and whether it was a batch (`instances`) or one row (`features`).

    `text` is the body where `large_json` read it, for `strict_json` to read again if the rows are refused.
    """

    rows: list[Any]
    batch: bool
    text: str | None = field(default=None, compare=False, repr=False)


def parse_body(text: str) -> Instances:
    """Parse the body of POST /predict; raises InvalidJson or InvalidBody."""
    if len(text) >= LARGE and (rows := read_batch(text)):
        return Instances(rows, batch=True, text=text)
    return _parse_strictly(text)


def _parse_strictly(text: str) -> Instances:
    body = read_strictly(text)
    if not isinstance(body, dict):
        raise InvalidBody(body_hints.of_no_object(body))
    if "features" not in body and "instances" not in body:
        raise InvalidBody(body_hints.of_no_rows(body))
    if len(body) > 1 or isinstance(body, RepeatedNames):
        raise InvalidBody("The body must hold either 'features' or 'instances', once, and nothing else.")
    if "features" in body:
        return Instances([body["features"]], batch=False)
    rows = body["instances"]
    if not isinstance(rows, list) or not rows:
        raise InvalidBody(body_hints.of_no_list(rows))
    return Instances(rows, batch=True)


def to_rows(instances: Instances, features: Sequence[Feature]) -> NDArray[Any]:
    """The rows as an array of shape (rows, features), in the order of `features`.

    How each value is held is in `handler.rows.dtype`. Raises InvalidFeatures, or InvalidJson on a number that no 64-bit
    float holds.
    """
    if instances.text is not None:
        # What is not sound is read again, so that a refusal quotes each value as it was sent.
        with suppress(RequestError):
            return _checked(instances, features)
        instances = _parse_strictly(instances.text)
    return _checked(instances, features)


def _checked(instances: Instances, features: Sequence[Feature]) -> NDArray[Any]:
    names = [feature.name for feature in features]
    dtype = row_dtype(feature.kind for feature in features)
    if dtype is np.float64 and (sound := sound_numbers(instances.rows, features)) is not None:
        return sound
    from handler.api.body.columns import column_problems  # not needed for numbers that are sound

    indexes, ordered, problems = laid_out(instances.rows, names)
    matrix = np.empty((len(ordered), len(features)), dtype=dtype)
    for position, (feature, column) in enumerate(zip(features, zip(*ordered, strict=True), strict=False)):
        found = list(islice(column_problems(feature, column, indexes), MAX_PROBLEMS))
        problems.extend(found)
        if not found:
            matrix[:, position] = typed_column(column, feature)
    if problems:
        raise _refusal(sorted(_with_nesting(problems, instances, len(names)), key=lambda problem: problem.row))
    return matrix


def laid_out(rows: Sequence[Any], names: Sequence[str]) -> tuple[list[int], list[Sequence[Any]], list[Problem]]:
    """The indexes of the rows that have a value for each of `names`; those rows, in that order; what is wrong with the
    others."""
    width, known = len(names), set(names)
    take = in_order(names)
    indexes: list[int] = []
    ordered: list[Sequence[Any]] = []
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        if type(row) is list and len(row) == width:
            ordered.append(row)
        elif type(row) is dict and row.keys() == known:
            ordered.append(take(row))
        else:
            if len(problems) < MAX_PROBLEMS:
                problems.extend(islice(_row_problems(index, row, names), MAX_PROBLEMS))
            continue
        indexes.append(index)
    return indexes, ordered, problems


def _with_nesting(problems: Sequence[Problem], instances: Instances, width: int) -> list[Problem]:
    """`problems`, with one for each row that holds rows in place of those of its values."""
    found = (
        (index, body_hints.of_nested_row(row, width, batch=instances.batch)) for index, row in enumerate(instances.rows)
    )
    nested = dict(islice(((index, why) for index, why in found if why), MAX_PROBLEMS))
    others = [problem for problem in problems if problem.row not in nested]
    return [*(Problem(index, None, why) for index, why in nested.items()), *others]


def _row_problems(index: int, row: object, names: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with a row that cannot be laid out in columns: its form, its length, its names."""
    if isinstance(row, list):
        yield Problem(index, None, f"expected {len(names)} values, got {len(row)}")
    elif isinstance(row, RepeatedNames):
        yield Problem(index, None, "it has a feature's name more than once")
    elif isinstance(row, dict):
        known = set(names)
        yield from (Problem(index, name, "missing") for name in names if name not in row)
        yield from (Problem(index, name[:100], "unknown to this model") for name in row if name not in known)
    else:
        got = body_hints.described(row) + body_hints.of_row(row)
        yield Problem(index, None, f"expected a list of values or an object of named values, got {got}")


def _refusal(problems: Sequence[Problem]) -> InvalidFeatures:
    first = problems[0]
    place = f"row {first.row}" + (f", feature {first.feature!r}" if first.feature is not None else "")
    count = f"{len(problems)} problems" if len(problems) < MAX_PROBLEMS else f"{MAX_PROBLEMS} problems or more"
    more = f" ({count} in all)" if len(problems) > 1 else ""
    return InvalidFeatures(
        f"The values do not fit the model: {place}: {first.problem}{more}.", tuple(problems[:MAX_PROBLEMS])
    )
