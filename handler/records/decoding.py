"""Turns parsed JSON into frozen dataclasses, strictly.

It exists because a typed, checked record must not cost Lambda the import of a validation library (pydantic alone takes
longer than loading a small model). It knows the few types that our records use and no more: scalars, X | None, tuples,
dicts by name, and dataclasses.
"""

import dataclasses
import math
import sys
import types
import typing
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

MOST_FLOAT = int(sys.float_info.max)


class Undecodable(Exception):
    """The JSON is not of the form asked for; the text names the place, what was expected and what came."""


def since(format_version: int) -> dict[str, int]:
    """The metadata of a field that came with this format of its document."""
    return {"since": format_version}


def needing(needed: Callable[[Any], int]) -> dict[str, Callable[[Any], int]]:
    """The metadata of a field of which some values came with a later format, which `needed` gives of a value."""
    return {"needed": needed}


def format_of(field: dataclasses.Field[Any]) -> int:
    """The format that `field` came with."""
    return int(field.metadata.get("since", 1))


def format_of_value(field: dataclasses.Field[Any], value: Any) -> int:
    """The format that this value of `field` came with."""
    needed: Callable[[Any], int] | None = field.metadata.get("needed")
    return format_of(field) if needed is None else needed(value)


def decode(cls: type[T], value: object, place: str = "", written: float = math.inf) -> T:
    """Make a `cls` (a dataclass) of `value`; raise Undecodable on a missing, unknown or mistyped field.

    `written` is the format of the document, which knows no field of a later one.
    """
    where = place or "the document"
    if not isinstance(value, dict):
        raise Undecodable(f"{where} must be an object, not {_kind(value)}")
    hints, fields = _hints(typing.cast(Any, cls)), dataclasses.fields(typing.cast(Any, cls))
    came = {field.name: format_of(field) for field in fields}
    unknown = sorted(name for name in value if name not in came or came[name] > written)
    if unknown:
        later = f", which came with format {came[unknown[0]]}" if unknown[0] in came else ""
        raise Undecodable(f"{where} has an unknown field {unknown[0]!r}{later}")
    required = {field.name for field in fields if field.default is dataclasses.MISSING}
    missing = sorted(required - value.keys())
    if missing:
        raise Undecodable(f"{where} lacks the field {missing[0]!r}")
    decoded = {
        name: _decode_any(hints[name], item, f"{place}.{name}".lstrip("."), written) for name, item in value.items()
    }
    for field in fields:
        if field.name in decoded and (came_with := format_of_value(field, decoded[field.name])) > written:
            raise Undecodable(f"{place}.{field.name}".lstrip(".") + f" has a value that came with format {came_with}")
    return cls(**decoded)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    """The types of a class' fields, which take longer to find than a record to decode."""
    return typing.get_type_hints(cls)


def _decode_any(hint: Any, value: object, place: str, written: float) -> Any:
    if dataclasses.is_dataclass(hint):
        return decode(typing.cast(type, hint), value, place, written)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _decode_union(arguments, value, place, written)
    if origin is typing.Literal:
        return _expect(value in arguments and type(value) is str, value, place, " or ".join(map(repr, arguments)))
    if origin is tuple:
        _expect(isinstance(value, list), value, place, "a list")
        items = typing.cast(list[object], value)
        if {*map(type, items)} <= _kept(arguments[0]):
            return tuple(items)  # a manifest may have thousands, and is read at each cold start
        return tuple(_decode_any(arguments[0], item, f"{place}[{index}]", written) for index, item in enumerate(items))
    if origin is dict:
        _expect(isinstance(value, dict), value, place, "an object")
        entries = typing.cast(dict[str, object], value)
        return {key: _decode_any(arguments[1], item, f"{place}.{key}", written) for key, item in entries.items()}
    if hint is Any:
        return value
    if hint is float and type(value) is int:
        _expect(abs(value) < MOST_FLOAT, value, place, "a number that a 64-bit float holds")
        return float(value)
    return _expect(type(value) is hint, value, place, _NAMES.get(hint, str(hint)))


def _decode_union(hints: tuple[Any, ...], value: object, place: str, written: float) -> Any:
    others = [hint for hint in hints if hint is not types.NoneType]
    if value is None and len(others) < len(hints):
        return None
    if len(others) == 1 and isinstance(value, dict) and _is_object(others[0]):
        return _decode_any(others[0], value, place, written)
    for hint in hints:
        try:
            return _decode_any(hint, value, place, written)
        except Undecodable:
            continue
    names = " or ".join(_NAMES.get(hint, "an object") for hint in hints)
    raise Undecodable(f"{place} must be {names}, not {_kind(value)}")


def _kept(hint: Any) -> set[Any]:
    """The types of the values that `hint` takes as they are, if it is a scalar or one of several scalars."""
    hints = {*typing.get_args(hint)} if typing.get_origin(hint) in (types.UnionType, typing.Union) else {hint}
    # A whole number becomes a float where a float will do.
    return hints if hints <= _NAMES.keys() and not hints >= {int, float} else set()


def _is_object(hint: Any) -> bool:
    """Whether an object is decoded as `hint`, so that what is wrong within it has a place."""
    return typing.get_origin(hint) is dict or dataclasses.is_dataclass(hint)


_NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false", type(None): "null"}


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    return _NAMES.get(type(value), type(value).__name__)


def _expect(holds: bool, value: object, place: str, expected: str) -> Any:
    if not holds:
        raise Undecodable(f"{place} must be {expected}, not {_kind(value)}")
    return value
