"""Puts values into real rows that lie on both sides of a tree's threshold, as close as 64-bit floats can.

Where rows reach the tree as they are, these are the threshold and its neighbours. Behind a scaler, an imputer or
whatever else it is, the value of the row is searched at which the tree turns: two neighbouring floats between which it
does. Nothing is assumed of the steps but that they are the model's own.
"""

import contextlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.signature import Feature
from training.twin.asked.trees import Thresholds, thresholds_in
from training.twin.asked.values import not_taken

MOST_ROWS = 20_000
"""More would take longer than they show: of a forest of a million thresholds all stand for the same arithmetic."""

VALUES = 5
"""The most rows for one threshold."""

AT_ONCE = 500
"""Thresholds that are searched together: each has a row of its own, as wide as what the tree gets."""

PROBED = 3
"""Rows on which it is looked which of their values reach which column of a tree."""

TURNS = 3
"""Rows in which a threshold is tried, where it depends on the row whether one value reaches across."""

NEAR = 64
"""So many floats on either side of the guess are looked at first: most steps are straight lines."""


@dataclass(frozen=True)
class Boundary:
    """Row i is row `base[i]` of the real ones with `values[i]` in the column `columns[i]`; all of shape (rows,).

    Of `thresholds`, `crossed` have rows on both sides.
    """

    base: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    thresholds: int
    crossed: int

    def __len__(self) -> int:
        return len(self.base)

    def rows(self, real: NDArray[Any], first: int, end: int) -> NDArray[Any]:
        """Rows `first` to `end` of them, made of the `real` ones."""
        rows = real[self.base[first:end]]
        rows[np.arange(len(rows)), self.columns[first:end]] = self.values[first:end]
        return rows


def boundary_of(
    estimator: Any, features: Sequence[Feature], real: NDArray[Any], seed: int, most: int = MOST_ROWS
) -> Boundary:
    """At most `most` rows at the thresholds in `estimator`, made of `real` ones of shape (rows, features).

    Where there are more thresholds, some are drawn, evenly.
    """
    draw = np.random.default_rng(seed)
    found = thresholds_in(estimator)
    total = sum(len(one.values) for one in found)
    kept = np.zeros(total, dtype=np.bool_)
    kept[draw.permutation(total)[: most // VALUES]] = True
    parts: list[tuple[NDArray[Any], ...]] = []
    crossed, first = 0, 0
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for one in found:
            chosen = np.flatnonzero(kept[first : first + len(one.values)])
            first += len(one.values)
            search = _Search(one, features, real, draw)
            for begin in range(0, len(chosen), AT_ONCE):
                with contextlib.suppress(Exception):  # whatever a step raises over these rows: they are not crossed
                    part = search.crossing(chosen[begin : begin + AT_ONCE])
                    crossed += len(np.unique(part[0]))
                    parts.append(part[1:])
    if not parts:
        return Boundary(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0), total, 0)
    base, columns, values = (np.concatenate(pieces) for pieces in zip(*parts, strict=True))
    return Boundary(base, columns, values, total, crossed)


class _Search:
    """The search for values at the thresholds of one path."""

    def __init__(
        self, found: Thresholds, features: Sequence[Feature], real: NDArray[Any], draw: np.random.Generator
    ) -> None:
        self.found, self.features, self.real, self.draw = found, features, real, draw
        self.least = np.array([_or_nan(feature.minimum) for feature in features])
        self.most = np.array([_or_nan(feature.maximum) for feature in features])
        self.numbers = np.flatnonzero([feature.kind == "number" for feature in features])
        self.reaching = self._reaching() if found.path else {}

    def crossing(self, chosen: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
        """For the thresholds at the places `chosen`: their places, once for each row; rows, columns and values."""
        turned, base, columns = chosen, self._drawn_rows(len(chosen)), self.found.columns[chosen]
        low, high = np.full((2, len(chosen)), np.nan)
        if not self.found.path:
            known = np.isin(columns, self.numbers)
            turned, base, columns = turned[known], base[known], columns[known]
            low, high = self._turning(turned, base, columns)
        else:
            columns = np.zeros(len(chosen), dtype=np.int64)
            for _ in range(TURNS):
                open_ = np.flatnonzero(np.isnan(low))
                base[open_] = self._drawn_rows(len(open_))
                reaching = [self.reaching.get(column, ()) for column in self.found.columns[chosen[open_]].tolist()]
                open_ = open_[[len(places) > 0 for places in reaching]]
                columns[open_] = [int(self.draw.choice(places)) for places in reaching if len(places)]
                if len(open_):
                    low[open_], high[open_] = self._turning(chosen[open_], base[open_], columns[open_])
        return self._spread(turned, base, columns, low, high)

    def _spread(
        self,
        turned: NDArray[np.int64],
        base: NDArray[np.int64],
        columns: NDArray[np.int64],
        low: NDArray[np.float64],
        high: NDArray[np.float64],
    ) -> tuple[NDArray[Any], ...]:
        """A row for each value to ask that the API takes."""
        sides = [low, high]
        if self.found.path:
            sides += [np.nextafter(low, -np.inf), np.nextafter(high, np.inf)]
        else:
            threshold = self.found.values[turned]
            sides += [threshold, np.nextafter(threshold, -np.inf), np.nextafter(threshold, np.inf)]
        values = np.column_stack(sides)
        asked = np.isfinite(values)
        for place in np.unique(columns).tolist():
            of_column = columns == place
            asked[of_column] &= ~not_taken(self.features[place], values[of_column].ravel()).reshape(-1, len(sides))
        for one in range(1, len(sides)):  # none twice
            asked[:, one] &= ~np.any(values[:, :one] == values[:, [one]], axis=1)
        row, _ = np.nonzero(asked)
        return turned[row], base[row], columns[row], values[asked]

    def _drawn_rows(self, count: int) -> NDArray[np.int64]:
        return self.draw.integers(len(self.real), size=count)

    def _turning(
        self, turned: NDArray[np.int64], base: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """For each threshold two neighbouring values of the row between which the tree turns; NaN where it does not."""
        low, high = self.least[columns].copy(), self.most[columns].copy()
        at_low, at_high = self._inner(turned, base, columns, low), self._inner(turned, base, columns, high)
        threshold = self.found.values[turned]
        turns = (at_low <= threshold) != (at_high <= threshold)
        turns &= np.isfinite(at_low) & np.isfinite(at_high)
        low[~turns], high[~turns] = np.nan, np.nan
        where = np.flatnonzero(turns)
        if len(where):
            part = (turned[where], base[where], columns[where])
            share = (threshold[where] - at_low[where]) / (at_high[where] - at_low[where])
            guess = _ordered(low[where] * (1 - share) + high[where] * share)
            below, above = _ordered(low[where]), _ordered(high[where])
            left = at_low[where] <= threshold[where]
            for step in (-NEAR, NEAR):
                middle = np.clip(guess + step, np.minimum(below, above), np.maximum(below, above))
                below, above = self._narrowed(part, below, above, middle, left)
            while (wide := below + 1 < above).any():
                middle = np.where(wide, (below & above) + ((below ^ above) >> 1), below)
                below, above = self._narrowed(part, below, above, middle, left)
            low[where], high[where] = _floats(below), _floats(above)
        return low, high

    def _narrowed(
        self,
        part: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]],
        below: NDArray[np.int64],
        above: NDArray[np.int64],
        middle: NDArray[np.int64],
        left: NDArray[np.bool_],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        is_below = (self._inner(*part, _floats(middle)) <= self.found.values[part[0]]) == left
        return np.where(is_below, middle, below), np.where(is_below, above, middle)

    def _inner(
        self,
        turned: NDArray[np.int64],
        base: NDArray[np.int64],
        columns: NDArray[np.int64],
        values: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """What the tree compares with each threshold, where the row has this value in this column."""
        if self.found.path:
            rows = self.real[base]
            rows[np.arange(len(rows)), columns] = values
            reached = _dense(self.found.inner(rows))
            values = np.asarray(reached[np.arange(len(rows)), self.found.columns[turned]], dtype=np.float64)
        return values.astype(np.float32).astype(np.float64) if self.found.is_single else values

    def _reaching(self) -> dict[int, NDArray[np.int64]]:
        """For each column that a tree gets: the numbers of a row that it changes with."""
        found: dict[int, set[int]] = {}
        for row in self._drawn_rows(PROBED).tolist():
            rows = np.repeat(self.real[[row]], 2 * len(self.numbers), axis=0)
            for turn, ends in enumerate((self.least, self.most)):
                places = np.arange(len(self.numbers)) + turn * len(self.numbers)
                rows[places, self.numbers] = ends[self.numbers]
            with contextlib.suppress(Exception):  # whatever a step raises over these values: another row is looked at
                reached = np.asarray(_dense(self.found.inner(rows)), dtype=np.float64)
                changed = reached[: len(self.numbers)] != reached[len(self.numbers) :]
                for number, column in np.argwhere(changed).tolist():
                    found.setdefault(column, set()).add(int(self.numbers[number]))
        return {column: np.array(sorted(places)) for column, places in found.items()}


def _dense(reached: Any) -> NDArray[Any]:
    return np.asarray(reached.toarray() if hasattr(reached, "toarray") else reached)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _ordered(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole numbers in the order of the floats, neighbours for neighbours: IEEE 754 orders magnitudes by their bits."""
    bits = (values + 0.0).view(np.int64)
    return np.where(bits >= 0, bits, np.int64(-(2**63)) - bits)


def _floats(ordered: NDArray[np.int64]) -> NDArray[np.float64]:
    bits = np.where(ordered >= 0, ordered, np.int64(-(2**63)) - ordered)
    return bits.view(np.float64)
