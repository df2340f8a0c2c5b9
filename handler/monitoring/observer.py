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
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.counting import Column, count_output
from handler.monitoring.window import BINNED, LATENCY_LABELS, LATENCY_MILLISECONDS, Counts, Window, lines_of
from handler.records.bins import CONFIDENCE, Bins, bins_digest, feature_bins, target_bins

if TYPE_CHECKING:
    from handler.registry.manifest import Manifest
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
    """What was counted of one version since it was last taken: an array that has the bins of everything in a row."""

    def __init__(self, manifest: "Manifest | None") -> None:
        features = {feature.name: feature_bins(feature) for feature in manifest.features} if manifest else {}
        targets = {target.name: target_bins(manifest.task, target) for target in manifest.targets} if manifest else {}
        self.version = manifest.version if manifest else NO_VERSION
        self._digest = bins_digest((*features.values(),), (*targets.values(),))
        self._columns = [Column(bins) for bins in features.values()]
        self._targets = [*targets.values()]
        self._binned = {"features": features, "answers": targets, "confidence": dict.fromkeys(targets, CONFIDENCE)}
        every = [bins for binned in self._binned.values() for bins in binned.values()]
        ends = np.cumsum([len(bins.labels) for bins in every]).tolist()
        self._slices = [slice(begin, end) for begin, end in pairwise([0, *ends])]
        self._begin()

    def _begin(self) -> None:
        self.requests = 0
        self._rows = 0
        self._began, self._ended = math.inf, -math.inf
        self._errors: dict[str, int] = {}
        self._latency = [0] * len(LATENCY_LABELS)
        self._counts = np.zeros(self._slices[-1].stop if self._slices else 0, dtype=np.int64)

    def add(self, exchange: "Exchange", now: float) -> None:
        """Count an exchange that ended `now`. Where counting its rows raises, none of them is counted."""
        self.requests += 1
        self._began = min(self._began, now - exchange.seconds)
        self._ended = max(self._ended, now)
        self._latency[bisect_left(LATENCY_MILLISECONDS, 1000 * exchange.seconds)] += 1
        if exchange.code is not None:
            self._errors[exchange.code] = self._errors.get(exchange.code, 0) + 1
        elif exchange.predicted is not None:
            self._counts += self._counted(exchange.predicted)
            self._rows += len(exchange.predicted.rows)

    def _counted(self, predicted: "Predicted") -> NDArray[np.int64]:
        """How many of the values and the answers fall into each bin, of shape (bins of everything,)."""
        rows, outputs = predicted.rows, predicted.outputs()
        counts = np.zeros_like(self._counts)
        of_features, of_others = self._slices[: len(self._columns)], self._slices[len(self._columns) :]
        if len(rows) <= FEW_ROWS:
            columns = [(each.start, column.place) for each, column in zip(of_features, self._columns, strict=True)]
            places = [
                start + place(value)
                for row in rows.tolist()
                for (start, place), value in zip(columns, row, strict=True)
            ]
            np.add.at(counts, places, 1)
        else:
            for at, (each, column) in enumerate(zip(of_features, self._columns, strict=True)):
                counts[each] = column.counts(rows[:, at])
        of_answers, of_confidence = of_others[: len(self._targets)], of_others[len(self._targets) :]
        for answer, confidence, bins, output in zip(of_answers, of_confidence, self._targets, outputs, strict=True):
            counts[answer] = count_output(output.values, bins)
            if output.highest is not None:
                counts[confidence] = count_output(output.highest, CONFIDENCE)
        return counts

    def taken(self) -> Window:
        """What was counted; counting begins anew."""
        slices = iter(self._slices)
        binned = {
            what: {name: counted for name, bins in named.items() if (counted := self._sparse(bins, next(slices)))}
            for what, named in self._binned.items()
        }
        window = Window(
            self.version,
            self._digest,
            round(self._began, 3),
            round(self._ended, 3),
            self.requests,
            self._rows,
            self._errors,
            _met(LATENCY_LABELS, self._latency),
            *(binned[what] for what in BINNED),
        )
        self._begin()
        return window

    def _sparse(self, bins: Bins, at: slice) -> Counts:
        return _met(bins.labels, self._counts[at].tolist())


def _met(labels: Iterable[str], counts: Iterable[int]) -> dict[str, int]:
    return {label: count for label, count in zip(labels, counts, strict=True) if count}
