"""How many of some values fall into each bin: the one way in which requests, and rows held out, are counted.

Few values are placed one at a time, because a call to numpy takes as long as several of them; many are compared with
one cut after the other, which takes numpy less time than a search for the bin of each.
"""

import operator
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.bins import NULL, UNKNOWN, Bins, named

FEW = 32
"""Values of a column up to which a search for the bin of each is faster."""


class Column:
    """Counts the values of one feature, as the model gets them, in `bins`."""

    def __init__(self, bins: Bins) -> None:
        self.bins = bins
        self._cuts = bins.cuts
        self._place = {label: at for at, label in enumerate(bins.labels)}
        self._null = self._place.get(NULL, 0)
        self._other = self._place.get(UNKNOWN, 0)
        self.place: Callable[[Any], int] = self._of_number if bins.cuts else self._of_name
        """Gives the place among the labels of the bin of one value."""

    def _of_number(self, number: float | None) -> int:
        # NaN alone differs from itself.
        return self._null if number is None or number != number else bisect_right(self._cuts, number)

    def _of_name(self, name: Any) -> int:
        return self._null if name is None or name != name else self._place.get(_label(name), self._other)

    def counts(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """How many of `values`, of shape (rows,), fall into each bin."""
        if self._cuts:
            return _counted(values, self.bins)
        if len(self.bins.labels) == 2:
            return self._gaps(values)
        counts = np.zeros(len(self.bins.labels), dtype=np.int64)
        for value, count in Counter(values.tolist()).items():
            counts[self.place(value)] += count
        return counts

    def _gaps(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Of values that are not told apart, which may be long texts: how many there are, and how many gaps."""
        listed = values.tolist()
        # A gap is None, or NaN, which alone differs from itself.
        gaps = listed.count(None) + sum(map(operator.ne, listed, listed))
        return np.array([len(listed) - gaps, gaps], dtype=np.int64)


def places_of_output(values: NDArray[Any], bins: Bins) -> list[int]:
    """The place among the labels of `bins` of each of the `values` of an `Output`, of which there are few."""
    if values.ndim == 2:
        return np.nonzero(values)[1].tolist()
    if bins.cuts:
        return [bisect_right(bins.cuts, value) for value in values.tolist()]
    return [0] * len(values) if values.dtype == np.float64 else values.tolist()


def count_feature(values: NDArray[Any], bins: Bins) -> NDArray[np.int64]:
    """How many of a feature's `values`, of shape (rows,), as the model gets them, fall into each of its `bins`."""
    return Column(bins).counts(values)


def count_output(values: NDArray[Any], bins: Bins) -> NDArray[np.int64]:
    """How many of what was said of a target fall into each of its `bins`; `values` are those of an `Output`."""
    if values.ndim == 2:
        return np.append(values.sum(axis=0, dtype=np.int64), 0)
    if bins.cuts:
        return _counted(values, bins)
    return np.bincount(places_of_output(values, bins), minlength=len(bins.labels))


def _counted(values: NDArray[Any], bins: Bins) -> NDArray[np.int64]:
    """How many numbers fall into each bin, the gaps (NaN) into the last one where there is one for them."""
    numbers = np.ascontiguousarray(values, dtype=np.float64)
    gaps = np.isnan(numbers)
    if len(numbers) <= FEW:
        places = np.searchsorted(bins.cuts, numbers, side="right")
        places[gaps] = len(bins.labels) - 1
        return np.bincount(places, minlength=len(bins.labels))
    null = int(np.count_nonzero(gaps))
    at_least = [len(numbers) - null, *(int(np.count_nonzero(numbers >= cut)) for cut in bins.cuts), 0]
    counts = [more - fewer for more, fewer in pairwise(at_least)]
    return np.array([*counts, null][: len(bins.labels)], dtype=np.int64)


def _label(value: Any) -> str:
    """The label of a category or a boolean, which numpy may hold in a type of its own."""
    if isinstance(value, (bool, np.bool_)):
        return named(str(value).lower())
    if isinstance(value, float) and value.is_integer():
        return named(str(int(value)))
    return named(str(value))
