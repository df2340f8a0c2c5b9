"""What is wrong with the values of one feature: which are taken, and what is said of the others, by its kind.

Nothing here is imported for sound rows of numbers alone (`sound_numbers`). A sound column passes in a few passes at C
speed; each value is looked at only where one is refused. A kind is one entry of `CHECKS`.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
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
    """What a kind of feature takes beside null.

    `types` are those of the parsed values, `or_null` with that of null; `takes` gives for a feature what says whether
    it takes all of some values of these types. `wanted` follows "expected", and `got`, of a refused value, "got".
    """

    types: frozenset[type]
    wanted: Callable[[Feature], str]
    takes: Callable[[Feature], Callable[[Set[Any]], bool]]
    got: Callable[[Feature, Any], str]

    @cached_property
    def or_null(self) -> frozenset[type]:
        return self.types | {type(None)}


def column_problems(feature: Feature, column: Sequence[Any], indexes: Sequence[int]) -> Iterator[Problem]:
    """What is wrong with one feature's values, which stand in the rows of `indexes`.

    Raises InvalidJson on a number that no 64-bit float holds: the parser makes infinity of 1e999.
    """
    check = CHECKS["code" if feature.is_coded else feature.kind]
    expected = check.or_null if feature.nullable else check.types
    takes = check.takes(feature)
    if expected.issuperset(map(type, column)):
        if feature.kind == "number":
            yield from _untakable(feature, column, indexes)
            return
        if takes({*column} - _NULL):
            return
    wanted = check.wanted(feature) + (" or null" if feature.nullable else "")
    for index, value in zip(indexes, column, strict=True):
        if type(value) not in expected or (value is not None and not takes({value})):
            yield Problem(index, feature.name, f"expected {wanted}, got {check.got(feature, value)}")


def refused_places(feature: Feature, column: Sequence[Any], places: Sequence[int]) -> set[int]:
    """Those of `places`, where one feature's values stand, whose value is refused, whatever for."""
    try:
        refused = {problem.row for problem in column_problems(feature, column, places)}
    except InvalidJson:
        # It does not say which. Such numbers are few, so halves find them sooner than each value by itself.
        if len(places) == 1:
            return {*places}
        middle = len(places) // 2
        first = refused_places(feature, column[:middle], places[:middle])
        return first | refused_places(feature, column[middle:], places[middle:])
    if refused:
        # Where a value is of another type, the sizes of the others were not looked at.
        left = [(place, value) for place, value in zip(places, column, strict=True) if place not in refused]
        refused |= refused_places(feature, [value for _, value in left], [place for place, _ in left])
    return refused


_NULL = frozenset({None})


def _all(_: Set[Any]) -> bool:
    return True


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


def _one_of(feature: Feature) -> str:
    return f"one of {', '.join(map(repr, feature.categories[:MOST_LISTED]))}"


def _known(feature: Feature) -> Callable[[Set[Any]], bool]:
    return frozenset(feature.categories).issuperset


def _got_code(feature: Feature, value: Any) -> str:
    if type(value) in (int, float) and not _is_held(value):
        raise _no_float(feature)
    return hints.described(value) + hints.of_code(value)


def _short_enough(feature: Feature) -> Callable[[Set[str]], bool]:
    most = feature.max_length
    if most is None:
        return _are_unicode
    return lambda texts: max(map(len, texts), default=0) <= most and _are_unicode(texts)


def _wanted_text(feature: Feature) -> str:
    return "a text" + ("" if feature.max_length is None else f" of at most {feature.max_length} characters")


def _got_text(feature: Feature, value: Any) -> str:
    if type(value) is str and feature.max_length is not None and len(value) > feature.max_length:
        return f"one of {len(value)}"
    return _got(feature, value) + hints.of_text(value)


def _got(_: Feature, value: Any) -> str:
    if type(value) is str and not _are_unicode({value}):
        return "one with half of a surrogate pair, which is no character"
    return hints.described(value)


CHECKS = {
    # Which numbers are taken is told of a column as a whole, by `_untakable`.
    "number": Check(
        types=frozenset({int, float}),
        wanted=lambda _: "a number",
        takes=lambda _: _all,
        got=lambda _, value: hints.described(value) + hints.of_number(value),
    ),
    "category": Check(
        types=frozenset({str}),
        wanted=lambda feature: "a string" if feature.allow_unknown else _one_of(feature),
        takes=lambda feature: _are_unicode if feature.allow_unknown else _known(feature),
        got=lambda feature, value: _got(feature, value) if feature.allow_unknown else hints.described(value),
    ),
    "code": Check(
        types=frozenset({int, float}),
        wanted=lambda feature: f"a whole number within ±{LARGEST_CODE}" if feature.allow_unknown else _one_of(feature),
        takes=lambda feature: _are_codes if feature.allow_unknown else _known(feature),
        got=_got_code,
    ),
    "boolean": Check(
        types=frozenset({bool}),
        wanted=lambda _: "true or false",
        takes=lambda _: _all,
        got=lambda _, value: hints.described(value) + hints.of_boolean(value),
    ),
    "text": Check(types=frozenset({str}), wanted=_wanted_text, takes=_short_enough, got=_got_text),
}
"""The check of each kind of feature; a category of whole numbers is a code."""


def _are_codes(numbers: Set[float]) -> bool:
    return all(-LARGEST_CODE <= number <= LARGEST_CODE and number == int(number) for number in numbers)


def _is_held(number: float) -> bool:
    """Whether a 64-bit float holds it."""
    try:
        return bool(np.isfinite(float(number)))
    except OverflowError:
        return False


def _are_unicode(texts: Set[str]) -> bool:
    """Whether the texts hold characters alone. JSON can spell half of a surrogate pair, on which encoders raise."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _no_float(feature: Feature) -> InvalidJson:
    return InvalidJson(f"The body holds a number, for {feature.name!r}, that no 64-bit float can hold.")
