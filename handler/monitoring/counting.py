"""How many of some values fall into each bin: the one way in which requests, and rows held out, are counted."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.records.bins import NULL, UNKNOWN, Bins, named


def count_feature(values: NDArray[Any], bins: Bins) -> NDArray[np.int64]:
    """How many of a feature's `values`, of shape (rows,), as the model gets them, fall into each of its `bins`."""
    if bins.cuts:
        numbers = values.astype(np.float64, copy=False)
        gaps = np.isnan(numbers)
        places = np.searchsorted(bins.cuts, numbers, side="right")
        places[gaps] = len(bins.labels) - 1
        return np.bincount(places, minlength=len(bins.labels))
    place = {label: at for at, label in enumerate(bins.labels)}
    counts = np.zeros(len(bins.labels), dtype=np.int64)
    for value in values.tolist():
        counts[_place_of_name(value, place)] += 1
    return counts


def count_output(values: NDArray[Any], bins: Bins) -> NDArray[np.int64]:
    """How many of what was said of a target fall into each of its `bins`; `values` are those of an `Output`."""
    if values.ndim == 2:
        return np.append(values.sum(axis=0), 0)
    if bins.cuts:
        return np.bincount(np.searchsorted(bins.cuts, values, side="right"), minlength=len(bins.labels))
    if values.dtype == np.float64:
        return np.array([len(values)])
    return np.bincount(values, minlength=len(bins.labels))


def _place_of_name(value: Any, place: dict[str, int]) -> int:
    if value is None or value != value:
        return place[NULL]
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return place.get(named(text), place.get(UNKNOWN, 0))
