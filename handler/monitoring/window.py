"""A window: what execution environments counted of one version, how two become one, and the log lines of one.

A window has no value of any row: how often which bin was met, and no more. Adding is exact, so that it makes no
difference which environments the rows came to, or how often they wrote. How a line is read again is in `line`, so that
a function that only writes windows does not import it.
"""

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from handler.errors.base import SklearnOnLambdaError

Counts = Mapping[str, int]
"""How often each label was met, without those that never were."""

LATENCY_MILLISECONDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
"""The upper edges of the bins of a request's time, each with its edge; LATENCY_LABELS has one more, for the rest."""

LATENCY_LABELS = (*map(str, LATENCY_MILLISECONDS), "more")

MESSAGE = "window"
"""The `message` of a window's log line, by which it is found."""

MOST_BYTES = 200_000
"""Of one line. A log event may have 256 KiB in every region, and 1 MiB in most (Amazon CloudWatch Logs User Guide,
"CloudWatch Logs quotas"); Lambda cuts a longer line in two, of which neither is JSON."""

MOST_PARTS = 999_999
"""Whose digits a part of a line has room for."""

BINNED = ("features", "answers", "confidence")
"""The fields of a window that have counts by name and label, in its order. A long line is split by them."""


class OtherBins(SklearnOnLambdaError):
    """Two windows were counted in different bins, or of different versions."""


@dataclass(frozen=True)
class Window:
    """What was counted of `version`, whose bins have the digest `bins`, between two times (seconds since 1970).

    `requests` are all, `errors` those that failed, by code, `latency` has the bins of the times of all. `rows` are
    those that were answered; `features`, `answers` and `confidence` have the counts of each feature and target by name,
    where anything was counted. `confidence` has targets with probabilities alone. An empty window has no times.
    """

    version: str
    bins: str
    began: float | None = None
    ended: float | None = None
    requests: int = 0
    rows: int = 0
    errors: Counts = field(default_factory=dict)
    latency: Counts = field(default_factory=dict)
    features: Mapping[str, Counts] = field(default_factory=dict)
    answers: Mapping[str, Counts] = field(default_factory=dict)
    confidence: Mapping[str, Counts] = field(default_factory=dict)

    def plus(self, other: "Window") -> "Window":
        """Both together; raises OtherBins. Neither order nor grouping makes a difference."""
        if (self.version, self.bins) != (other.version, other.bins):
            raise OtherBins(
                f"A window of {other.version} in the bins {other.bins} cannot be added to one of {self.version} in the "
                f"bins {self.bins}: the counts mean something else. Take the windows of one version alone."
            )
        times = [time for time in (self.began, other.began) if time is not None]
        ends = [time for time in (self.ended, other.ended) if time is not None]
        return Window(
            self.version,
            self.bins,
            min(times, default=None),
            max(ends, default=None),
            self.requests + other.requests,
            self.rows + other.rows,
            _sum(self.errors, other.errors),
            _sum(self.latency, other.latency),
            _sums(self.features, other.features),
            _sums(self.answers, other.answers),
            _sums(self.confidence, other.confidence),
        )


def lines_of(window: Window, *, window_id: str, process: str, service: str) -> list[str]:
    """The log lines of `window`: one, or several where it would be longer than MOST_BYTES.

    Each is JSON on one line, without its end, and has the keys of the function's other log lines. `window_id` and
    `part` tell lines apart, `process` environments. The windows of all parts add up to `window`.
    """
    named = {"service": service, "window_id": window_id, "process": process}
    line = _line(window, named, 0, 1)
    if len(line) <= MOST_BYTES:
        return [line]
    bare = len(_line(_piece(window, {}, first=True), named, MOST_PARTS, MOST_PARTS))
    pieces = list(_pieces(window, MOST_BYTES - bare))
    parts = [_piece(window, piece, first=number == 0) for number, piece in enumerate(pieces)]
    return [_line(part, named, number, len(parts)) for number, part in enumerate(parts)]


def total(windows: Iterable[Window], empty: Window) -> Window:
    """All of `windows` and `empty` in one; raises OtherBins."""
    for window in windows:
        empty = empty.plus(window)
    return empty


def _sum(first: Counts, second: Counts) -> dict[str, int]:
    summed = Counter(first)
    summed.update(second)
    return dict(summed)


def _sums(first: Mapping[str, Counts], second: Mapping[str, Counts]) -> dict[str, Counts]:
    return {name: _sum(first.get(name, {}), second.get(name, {})) for name in {**first, **second}}


Binned = Mapping[str, Mapping[str, Counts]]
"""Counts by a field of BINNED, a name, and a label."""


def _line(window: Window, named: Mapping[str, str], part: int, parts: int) -> str:
    seconds, milliseconds = divmod(round(1000 * (window.ended or 0.0)), 1000)
    written = f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(seconds))},{milliseconds:03d}+0000"
    head = {"level": "INFO", "message": MESSAGE, "timestamp": written}
    # All that is not ASCII is escaped: characters are bytes.
    return json.dumps({**head, **named, "part": part, "parts": parts, **vars(window)}, separators=(",", ":"))


def _piece(window: Window, binned: Binned, first: bool) -> Window:
    """A part of `window` with the counts in `binned`, the first with what is not binned."""
    counts = [binned.get(named, {}) for named in BINNED]
    of = (window.version, window.bins, window.began, window.ended)
    if first:
        return Window(*of, window.requests, window.rows, window.errors, window.latency, *counts)
    return Window(*of, 0, 0, {}, {}, *counts)


def _pieces(window: Window, room: int) -> Iterator[Binned]:
    """The counts of `window` in pieces, each of at most `room` bytes, unless one name and label alone is longer."""
    piece: dict[str, dict[str, dict[str, int]]] = {}
    left = room
    # What is short comes first, so that part 0 tells all but features.
    for binned in ("answers", "confidence", "features"):
        for name, counts in getattr(window, binned).items():
            of_name = len(json.dumps(name)) + len(":{},")
            for label, count in counts.items():
                of_label = len(json.dumps(label)) + len(f":{count},")
                needed = of_label if name in piece.get(binned, {}) else of_name + of_label
                if piece and needed > left:
                    yield piece
                    piece, left, needed = {}, room, of_name + of_label
                piece.setdefault(binned, {}).setdefault(name, {})[label] = count
                left -= needed
    yield piece
