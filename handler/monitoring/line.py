"""The log line of a window, as it is read: checked, because other programs may write lines into the same log.

How it is written is in `window`. Which lines belong together, and which were read before, is not known here.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handler.errors.base import SklearnOnLambdaError
from handler.monitoring.window import BINNED, MESSAGE, Counts, Window, lines_of

__all__ = ["InvalidWindow", "WindowPart", "lines_of", "parse_line"]


MOST_SECONDS = 253_402_300_800
"""The year 10,000, from which on no time can be told."""


class InvalidWindow(SklearnOnLambdaError):
    """A log line says that it is a window, and is none that can be read."""


@dataclass(frozen=True)
class WindowPart:
    """One line: part number `part` (from 0) of the `parts` of the window `window_id`, by one environment of `service`.

    `process` tells environments apart. What is not counted by name (requests, rows, errors, latency) is in part 0, so
    that the windows of all parts add up to what was counted.
    """

    window_id: str
    part: int
    parts: int
    process: str
    service: str
    window: Window


def parse_line(text: str) -> WindowPart | None:
    """The part of a window that the log line `text` is, None where it is another line; raises InvalidWindow."""
    if MESSAGE not in text:  # most lines are others
        return None
    try:
        line = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or line.get("message") != MESSAGE:
        return None
    part, parts = _count(line, "part"), _count(line, "parts")
    if part >= parts:
        raise _broken("part", f"a number below {parts}, the number of parts", part)
    window = Window(
        _text(line, "version"),
        _text(line, "bins"),
        _time(line, "began"),
        _time(line, "ended"),
        _count(line, "requests"),
        _count(line, "rows"),
        _counts(line, "errors"),
        _counts(line, "latency"),
        *(_named_counts(line, binned) for binned in BINNED),
    )
    return WindowPart(_text(line, "window_id"), part, parts, _text(line, "process"), _text(line, "service"), window)


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _text(line: Mapping[str, Any], key: str) -> str:
    value = line.get(key)
    if not isinstance(value, str):
        raise _broken(key, "a text", value)
    return value


def _time(line: Mapping[str, Any], key: str) -> float | None:
    value: Any = line.get(key, ...)
    if value is None or (type(value) in (int, float) and 0 <= value < MOST_SECONDS):
        return None if value is None else float(value)
    raise _broken(key, "seconds since 1970, or null", value)


def _count(line: Mapping[str, Any], key: str) -> int:
    value = line.get(key)
    if type(value) is not int or value < 0:
        raise _broken(key, "a whole number, at least 0", value)
    return value


def _counts(line: Mapping[str, Any], key: str) -> Counts:
    value = line.get(key)
    if not isinstance(value, dict):
        raise _broken(key, "an object of counts", value)
    return {label: _count(value, label) for label in value}


def _named_counts(line: Mapping[str, Any], key: str) -> Mapping[str, Counts]:
    value = line.get(key)
    if not isinstance(value, dict):
        raise _broken(key, "an object of objects of counts", value)
    return {name: _counts(value, name) for name in value}


def _broken(key: str, wanted: str, value: object) -> InvalidWindow:
    # Not the value: whoever wrote it may have put anything there.
    return InvalidWindow(
        f"A log line says that it is a window, but its {key!r} is not {wanted}: it is of the type "
        f"{type(value).__name__}. It was cut off, or another program wrote it: leave it out."
    )
