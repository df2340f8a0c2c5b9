"""Counts what one execution environment is asked and answers, and writes windows into its log.

A window is written at the end of a request, once the last one is old enough, and the first request of an environment
writes at once: an environment that is asked seldom loses nothing. When Lambda ends an environment, what is lost is what
came after its last window, which is less than the seconds given here. A log line needs no right and no call, and costs
the request nothing but its making. No value of a row is in it. When nobody asks for windows, this is not imported.
"""

import math
import os
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.counting import Column, count_output, places_of_output
from handler.monitoring.window import LATENCY_LABELS, LATENCY_MILLISECONDS, Counts, Window, lines_of
from handler.records.bins import CONFIDENCE, bins_digest, feature_bins, target_bins

if TYPE_CHECKING:
    from handler.registry.manifest import Manifest
    from handler.serving.answers.base import Output
    from handler.telemetry.exchange import Exchange, Predicted

NO_VERSION = "none"
"""The version of a window of requests that came while no model was held."""

FEW_ROWS = 32
"""Rows up to which each value is placed for itself."""

BYTES_OF_ID = 8


class WindowObserver:
    """Counts every exchange, and writes what it counted when `seconds` have passed since it last did.

    `served` gives the manifest of the model that is held; `clock` the seconds since 1970. Lines go to standard output
    and not through the logger, whose level may leave them out.
    """

    def __init__(
        self,
        seconds: float,
        served: "Callable[[], Manifest | None]",
        service: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._seconds = seconds
        self._served = served
        self._service = service
        self._clock = clock
        self._tallies: dict[str, _Tally] = {}
        self._written: float | None = None
        # Not made here: SnapStart would give the same to all environments that it starts from one snapshot.
        self._process: str | None = None

    def observe(self, exchange: "Exchange") -> None:
        """Count the exchange; write, if it is time."""
        now = self._clock()
        try:
            self._tally(exchange.predicted).add(exchange, now)
        finally:
            # A clock that was set back says nothing of how old the last window is.
            if self._written is None or not 0 <= now - self._written < self._seconds:
                self._written = now
                self._write()

    def _tally(self, predicted: "Predicted | None") -> "_Tally":
        manifest = predicted.manifest if predicted else self._served()
        version = manifest.version if manifest else NO_VERSION
        if version not in self._tallies:
            self._tallies[version] = _Tally(manifest)
        return self._tallies[version]

    def _write(self) -> None:
        self._process = self._process or os.urandom(BYTES_OF_ID).hex()
        counted = {version: tally for version, tally in self._tallies.items() if tally.requests}
        windows = [tally.taken() for tally in counted.values()]
        # A version that is no longer asked is no longer held.
        self._tallies = counted
        for window in windows:
            lines = lines_of(
                window, window_id=os.urandom(BYTES_OF_ID).hex(), process=self._process, service=self._service
            )
            sys.stdout.write("".join(f"{line}\n" for line in lines))
        sys.stdout.flush()


class _Tally:
    """What was counted of one version since it was last taken: a count for each bin of everything, in a row."""

    def __init__(self, manifest: "Manifest | None") -> None:
        features = {feature.name: feature_bins(feature) for feature in manifest.features} if manifest else {}
        targets = {target.name: target_bins(manifest.task, target) for target in manifest.targets} if manifest else {}
        self.version = manifest.version if manifest else NO_VERSION
        self._digest = bins_digest((*features.values(),), (*targets.values(),))
        self._binned = {"features": features, "answers": targets, "confidence": dict.fromkeys(targets, CONFIDENCE)}
        every = [bins for binned in self._binned.values() for bins in binned.values()]
        self._starts = [*accumulate((len(bins.labels) for bins in every), initial=0)]
        of_targets = self._starts[len(features) :]
        # Where the bins begin: of each feature; of the answers of each target, and of its highest probabilities.
        self._columns = [*zip(self._starts, map(Column, features.values()), strict=False)]
        self._targets = [*zip(of_targets, of_targets[len(targets) :], targets.values(), strict=False)]
        self._begin()

    def _begin(self) -> None:
        self.requests = 0
        self._rows = 0
        self._began, self._ended = math.inf, -math.inf
        self._errors: dict[str, int] = {}
        self._latency = [0] * len(LATENCY_LABELS)
        self._counts = [0] * self._starts[-1]

    def add(self, exchange: "Exchange", now: float) -> None:
        """Count an exchange that ended `now`. Where counting its rows raises, none of them is counted."""
        self.requests += 1
        self._began = min(self._began, now - exchange.seconds)
        self._ended = max(self._ended, now)
        self._latency[bisect_left(LATENCY_MILLISECONDS, 1000 * exchange.seconds)] += 1
        if exchange.code is not None:
            self._errors[exchange.code] = self._errors.get(exchange.code, 0) + 1
        elif exchange.predicted is not None:
            rows, outputs = exchange.predicted.rows, exchange.predicted.outputs()
            if len(rows) <= FEW_ROWS:
                for place in self._places(rows, outputs):
                    self._counts[place] += 1
            else:
                counts = self._sums(rows, outputs)
                for place in np.flatnonzero(counts).tolist():
                    self._counts[place] += int(counts[place])
            self._rows += len(rows)

    def _places(self, rows: NDArray[Any], outputs: "Sequence[Output]") -> list[int]:
        """The bins into which the values and the answers of few rows fall, each as often as it is met."""
        places = [
            start + column.place(value)
            for row in rows.tolist()
            for (start, column), value in zip(self._columns, row, strict=True)
        ]
        for (start, sure, bins), output in zip(self._targets, outputs, strict=True):
            places += [start + place for place in places_of_output(output.values, bins)]
            if output.highest is not None:
                places += [sure + place for place in places_of_output(output.highest, CONFIDENCE)]
        return places

    def _sums(self, rows: NDArray[Any], outputs: "Sequence[Output]") -> NDArray[np.int64]:
        """How often each bin is met by the values and the answers of many rows."""
        features = [column.counts(values) for (_, column), values in zip(self._columns, rows.T, strict=True)]
        answers = [count_output(each.values, bins) for (_, _, bins), each in zip(self._targets, outputs, strict=True)]
        none = np.zeros(len(CONFIDENCE.labels), dtype=np.int64)
        sure = [none if each.highest is None else count_output(each.highest, CONFIDENCE) for each in outputs]
        return np.concatenate([*features, *answers, *sure])

    def taken(self) -> Window:
        """What was counted; counting begins anew."""
        starts = pairwise(self._starts)
        binned: list[dict[str, Counts]] = []
        for of_names in self._binned.values():
            counted = {name: _met(bins.labels, self._counts[slice(*next(starts))]) for name, bins in of_names.items()}
            binned.append({name: counts for name, counts in counted.items() if counts})
        window = Window(
            self.version,
            self._digest,
            round(self._began, 3),
            round(self._ended, 3),
            self.requests,
            self._rows,
            self._errors,
            _met(LATENCY_LABELS, self._latency),
            *binned,
        )
        self._begin()
        return window


def _met(labels: Iterable[str], counts: Iterable[int]) -> Counts:
    return {label: count for label, count in zip(labels, counts, strict=True) if count}
