"""Which bins are compared: those with enough rows as they are, the others together with their neighbours.

An index over bins with few rows is mostly chance. What decides is the average of both shares, so that a bin that was
empty at training and has many rows now is compared, and a bin with two stray rows is not.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.drift.reference import Reference

Counts = NDArray[np.float64]

LEAST_ROWS = 10
"""How many rows a compared bin has, at the average of both shares, in the smaller of the two lists. With five, chance
exceeds the bound two to four times as often as it should, which `bench.drift_simulation` shows where it is tried."""

NONE = np.zeros(0)


def merged(reference: Reference, now: Sequence[int], least: float = LEAST_ROWS) -> tuple[Counts, Counts]:
    """The counts then and now in the bins that are compared, each of shape (bins,).

    Numbers are merged with those beside them, names with the rarest other ones. Nulls are no neighbour of a number:
    where they are too few they are left out. Both are empty where nothing can be compared.
    """
    then, today = np.array(reference.counts, dtype=np.float64), np.array(now, dtype=np.float64)
    numbers = reference.bins.of_numbers
    if reference.approximate:
        then, today = then[:numbers], today[:numbers]
    if not (then.any() and today.any()):
        return NONE, NONE
    rows, rows_now = then.sum(), today.sum()
    weight: list[float] = ((then / rows + today / rows_now) / 2 * min(rows, rows_now)).tolist()
    if numbers:
        groups = _neighbours_together(weight[:numbers], least, reference.inseparable)
        groups += [[place] for place in range(numbers, len(weight)) if weight[place] >= least]
    else:
        groups = _rarest_together(weight, least)
    then, today = (np.array([counts[group].sum() for group in groups]) for counts in (then, today))
    return (then, today) if then.any() and today.any() else (NONE, NONE)


def _neighbours_together(weight: Sequence[float], least: float, inseparable: frozenset[int]) -> list[list[int]]:
    """The places of each group, from the first bin on, each as small as it may be; what is left goes to the last."""
    groups: list[list[int]] = []
    begun: list[int] = []
    rows = 0.0
    for place, more in enumerate(weight):
        begun.append(place)
        rows += more
        if rows >= least and place + 1 not in inseparable:
            groups.append(begun)
            begun, rows = [], 0.0
    if groups:
        groups[-1] += begun
        return groups
    return [begun] if any(weight) else []


def _rarest_together(weight: Sequence[float], least: float) -> list[list[int]]:
    """The rarest bins in one group, which has enough or is all, and each other bin in one of its own."""
    places = sorted(range(len(weight)), key=lambda place: weight[place])
    rare: list[int] = []
    rows = 0.0
    for at, place in enumerate(places):
        if weight[place] >= least and (rows == 0 or rows >= least):
            return [*([rare] if rows else []), *([other] for other in places[at:])]
        rare.append(place)
        rows += weight[place]
    return [rare]
