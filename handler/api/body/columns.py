"""What is wrong with the values of one feature: which are taken, and what is said of the others, by its kind.

Nothing here is imported for sound rows of numbers alone (`sound_numbers`). A sound column passes in a few passes at C
speed; each value is looked at only where one is refused. A kind is one entry of `CHECKS`.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np

from handler.api.body import hints
from handler.errors.base import Problem
from handler.errors.request import InvalidJson
from handler.records.signature import Feature
from handler.rows.domain import LARGEST, LARGEST_CODE, description, outside

MOST_LISTED = 20
"""The categories that a sentence lists."""


@dataclass(frozen=True)
class Check:
    """What one feature takes beside null.

    `types` are those of the parsed values; `takes` says whether it takes all of some values of these types. `wanted`
    follows "expected", and `got`, of one refused value, "got".
    """

    types: frozenset[type]
    wanted: str
    takes: Callable[[Set[Any]], bool]
    got: Callable[[Any], str]


def column_problems(feature: Feature, column: Sequence[Any], indexes: Sequence[int]) -> Iterator[Problem]:
    """What is wrong with one feature's values, which stand in the rows of `indexes`.

    Raises InvalidJson on a number that no 64-bit float holds: the parser makes infinity of 1e999.
    """
    check = CHECKS["code" if feature.is_coded else feature.kind](feature)
    expected = check.types | {type(None)} if feature.nullable else check.types
    if set(map(type, column)) <= expected:
        if feature.kind == "number":
            yield from _untakable(feature, column, indexes)
            return
        if check.takes({*column} - {None}):
            return
    wanted = check.wanted + (" or null" if feature.nullable else "")
    for index, value in zip(indexes, column, strict=True):
        if type(value) not in expected or (value is not None and not check.takes({value})):
            yield Problem(index, feature.name, f"expected {wanted}, got {check.got(value)}")


def _number(_: Feature) -> Check:
    # Which numbers are taken is told of a column as a whole, by `_untakable`.
    return Check(frozenset({int, float}), "a number", lambda _: True, _described_with(hints.of_number))


def _untakable(feature: Feature, column: Sequence[Any], indexes: Sequence[int]) -> Iterator[Problem]:
    """Numbers too large for any model to compute with, or outside what this one takes."""
    try:
        values = np.array(column, dtype=np.float64)
    except OverflowError:
        values = np.array([np.inf])
    if np.isinf(values).any():
        raise _no_float(feature)
    too_large = np.abs(values) > LARGEST
    outside_domain = outside(feature.domain, values) if feature.domain else np.zeros_like(too_large)
    for position in np.flatnonzero(too_large | outside_domain).tolist():
        wanted = f"a number within ±{LARGEST:.3g}"
        if feature.domain and not too_large[position]:
            wanted = description(feature.domain) + (" or null" if feature.nullable else "")
        yield Problem(indexes[position], feature.name, f"expected {wanted}, got {hints.described(column[position])}")


def _category(feature: Feature) -> Check:
    if feature.allow_unknown:
        return Check(frozenset({str}), "a string", _is_unicode, _got)
    known = frozenset(feature.categories)
    return Check(frozenset({str}), _one_of(feature), known.issuperset, hints.described)


def _code(feature: Feature) -> Check:
    def got(value: Any) -> str:
        if type(value) in (int, float) and not _is_held(value):
            raise _no_float(feature)
        return _described_with(hints.of_code)(value)

    numbers: frozenset[type] = frozenset({int, float})
    if feature.allow_unknown:
        return Check(numbers, f"a whole number within ±{LARGEST_CODE}", _are_codes, got)
    return Check(numbers, _one_of(feature), frozenset(feature.categories).issuperset, got)


def _boolean(_: Feature) -> Check:
    return Check(frozenset({bool}), "true or false", lambda _: True, _described_with(hints.of_boolean))


def _text(feature: Feature) -> Check:
    most = feature.max_length

    def takes(texts: Set[str]) -> bool:
        return (most is None or max(map(len, texts), default=0) <= most) and _is_unicode(texts)

    def got(value: Any) -> str:
        if type(value) is str and most is not None and len(value) > most:
            return f"one of {len(value)}"
        return _got(value) + hints.of_text(value)

    limit = "" if most is None else f" of at most {most} characters"
    return Check(frozenset({str}), f"a text{limit}", takes, got)


CHECKS: dict[str, Callable[[Feature], Check]] = {
    "number": _number,
    "category": _category,
    "code": _code,
    "boolean": _boolean,
    "text": _text,
}
"""The check of each kind of feature; a category of whole numbers is a code."""


def _one_of(feature: Feature) -> str:
    return f"one of {', '.join(map(repr, feature.categories[:MOST_LISTED]))}"


def _are_codes(numbers: Set[float]) -> bool:
    return all(-LARGEST_CODE <= number <= LARGEST_CODE and number == int(number) for number in numbers)


def _is_held(number: float) -> bool:
    """Whether a 64-bit float holds it."""
    try:
        return bool(np.isfinite(float(number)))
    except OverflowError:
        return False


def _is_unicode(texts: Set[str]) -> bool:
    """Whether the texts hold characters alone. JSON can spell half of a surrogate pair, on which encoders raise."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _got(value: Any) -> str:
    if type(value) is str and not _is_unicode({value}):
        return "one with half of a surrogate pair, which is no character"
    return hints.described(value)


def _described_with(hint: Callable[[object], str]) -> Callable[[Any], str]:
    return lambda value: hints.described(value) + hint(value)


def _no_float(feature: Feature) -> InvalidJson:
    return InvalidJson(f"The body holds a number, for {feature.name!r}, that no 64-bit float can hold.")
