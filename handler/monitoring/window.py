"""A window: what execution environments counted of one version, and how two windows become one.

A window has no value of any row: how often which bin was met, and no more. Adding is exact, so that it makes no
difference which environments the rows came to, or how often they wrote. How it becomes a log line is in `line`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handler.errors.base import SklearnOnLambdaError

Counts = Mapping[str, int]
"""How often each label was met, without those that never were."""

LATENCY_MILLISECONDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000)
"""The upper edges of the bins of a request's time, each with its edge; LATENCY_LABELS has one more, for the rest."""

LATENCY_LABELS = (*map(str, LATENCY_MILLISECONDS), "more")


class OtherBins(SklearnOnLambdaError):
    """Two windows were counted in different bins, or of different versions."""


@dataclass(frozen=True)
class Window:
    """What was counted of `version`, whose bins have the digest `bins`, between two times (seconds since 1970).

    `requests` are all, `errors` those that failed, by code, `latency` has the bins of the times of all. `rows` are
    those that were answered; `features`, `answers` and `confidence` have the counts of each feature and target by name.
    `confidence` has targets with probabilities alone. An empty window has no times.
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
