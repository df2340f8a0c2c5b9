"""Which bins are compared: those with enough rows as they are, the others together with their neighbours.

An index over bins with few rows is mostly chance. But a bin that was nearly empty at training and has many rows now is
the drift itself, and is never merged away.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.drift.reference import Reference
from handler.records.bins import NULL, UNKNOWN

Counts = NDArray[np.float64]

LEAST_ROWS = 10
"""How many rows a compared bin has, of the smaller of the two lists, if nothing drifted. With five, chance exceeds the
bound two to four times as often as it should."""

MANY_ROWS = 3 * LEAST_ROWS
"""A bin of less than LEAST_ROWS is compared by itself if it has so many now. Less than one in 10^6 has by chance."""

NONE = np.zeros(0)


def merged(reference: Reference, now: Sequence[int], least: float = LEAST_ROWS) -> tuple[Counts, Counts]:
    """The counts then and now in the bins that are compared, each of shape (bins,).

    Numbers are merged with those beside them, names with the rarest other ones. Nulls are no neighbour of a number:
    where they are too few they are left out. Both are empty where nothing can be compared.
    """
    numbers = reference.bins.of_numbers
    known = numbers if reference.approximate else len(now)
    then, today = _with_unseen(reference)[:known], list(map(float, now[:known]))
    rows, rows_now = sum(then), sum(today)
    if not (rows and rows_now):
        return NONE, NONE
    fewer = min(rows, rows_now)
    expected, met = [count / rows * fewer for count in then], [count / rows_now * fewer for count in today]
    if numbers:
        weight = [_weight_of_number(*of_bin, least) for of_bin in zip(expected, met, strict=True)]
        groups = _neighbours_together(weight[:numbers], least, reference.inseparable)
        groups += [[place] for place in range(numbers, len(weight)) if weight[place] >= least]
    else:
        weight = [sum(of_bin) / 2 for of_bin in zip(expected, met, strict=True)]
        groups = _rarest_together(weight, least)
    old, new = (np.array([sum(counts[place] for place in group) for group in groups]) for counts in (then, today))
    return (old, new) if old.any() and new.any() else (NONE, NONE)


def _weight_of_number(expected: float, met: float, least: float) -> float:
    """How many rows of the smaller list a bin stands for: those that training lets expect.

    If the rows that were met decided too, the bins in which chance had put many would be the ones that are compared by
    themselves. So they count only where there are far more of them than chance could put there. (Names are not in an
    order, and are chosen by their rows. There the average of both decides, which favours neither list.)
    """
    return max(least, expected) if expected < LEAST_ROWS and met >= MANY_ROWS else expected


def _with_unseen(reference: Reference) -> list[float]:
    """The counts of training, where names that were met once stand for those that were not met.

    Of many rare names, training always lacks some, and they come sooner or later: all of them together as often as
    those that training met once (Good, "The Population Frequencies of Species and the Estimation of Population
    Parameters", Biometrika 40, 1953). Compared with training's zero they would be a drift that is none.
    """
    counts, labels = list(map(float, reference.counts)), reference.bins.labels
    if UNKNOWN in labels:
        once = [place for place, count in enumerate(counts) if count == 1 and labels[place] != NULL]
        for place in once:
            counts[place] = 0.0
        counts[labels.index(UNKNOWN)] += len(once)
    return counts


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
    rare: list[int] = []
    rows = 0.0
    places = sorted(range(len(weight)), key=lambda place: weight[place])
    for at, place in enumerate(places):
        if weight[place] >= least and (rows == 0 or rows >= least):
            return [*([rare] if rows else []), *([other] for other in places[at:])]
        rare.append(place)
        rows += weight[place]
    return [rare]
