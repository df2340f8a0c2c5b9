"""Windows as they come, each counted once: lines are read with overlap, and a log may give one twice."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Literal

from handler.monitoring.line import InvalidWindow, WindowPart, parse_line
from handler.monitoring.window import Window

Refusal = Literal["broken", "other_bins"]
"""A line that says it is a window and is none; and a window of bins that are not those of its version's manifest."""

SAYS_WINDOW = re.compile(r'"message": ?"window"')
"""What a line says that is a window, also where it was cut off."""


class Collected:
    """The windows of each version in one, and what was not counted.

    `windows` has the sums, `lines` how many lines each is made of. `duplicates` are lines that were counted before,
    `refused` those that cannot be counted; `reasons` has the sentence of the first of each kind. The order of the lines
    makes no difference, except where the bins of a version are not known: then the first line says them.
    """

    def __init__(self, bins: Mapping[str, str] | None = None) -> None:
        """`bins` maps versions to the digest of their bins, where it is known."""
        self.windows: dict[str, Window] = {}
        self.lines: Counter[str] = Counter()
        self.duplicates = 0
        self.refused: Counter[Refusal] = Counter()
        self.reasons: dict[Refusal, str] = {}
        self._bins = dict(bins or {})
        self._parts: dict[str, set[int]] = {}
        self._expected: dict[str, int] = {}

    def take(self, text: str) -> WindowPart | None:
        """Count the log line `text`; gives the part where it was counted, None where there is nothing to count."""
        part = self.parsed(text)
        return part if part is not None and self.add(part) else None

    def parsed(self, text: str) -> WindowPart | None:
        """The part that the log line `text` is, not counted yet; None where it is none, or broken and so refused."""
        try:
            part = parse_line(text)
        except InvalidWindow as error:
            self._refuse("broken", str(error))
            return None
        if part is None and SAYS_WINDOW.search(text) and not _is_json(text):
            self._refuse("broken", "A log line says that it is a window, and was cut off: leave it out.")
        return part

    def add(self, part: WindowPart) -> bool:
        """Count one part of a window; says whether it was counted."""
        window = part.window
        known = self._parts.setdefault(part.window_id, set())
        if part.part in known:
            self.duplicates += 1
            return False
        if window.bins != self._bins.setdefault(window.version, window.bins):
            self._refuse(
                "other_bins",
                f"A window of {window.version} was counted in the bins {window.bins}, and its manifest has "
                f"{self._bins[window.version]}: the function that counted it has other code than this one.",
            )
            return False
        known.add(part.part)
        self._expected[part.window_id] = part.parts
        held = self.windows.get(window.version)
        self.windows[window.version] = held.plus(window) if held else window
        self.lines[window.version] += 1
        return True

    @property
    def incomplete(self) -> int:
        """How many windows lack one of their parts: the others were counted, and some features have fewer rows."""
        return sum(len(self._parts[window_id]) < parts for window_id, parts in self._expected.items())

    def _refuse(self, kind: Refusal, reason: str) -> None:
        self.refused[kind] += 1
        self.reasons.setdefault(kind, reason)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
