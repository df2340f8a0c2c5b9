"""What a window is compared with: the counts of training, as far as the manifest knows them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handler.monitoring.drift.report import Subject
from handler.records.bins import CONFIDENCE, Bins, feature_bins, target_bins
from handler.records.signature import Feature
from handler.registry.manifest import Manifest


@dataclass(frozen=True)
class Reference:
    """`counts` of rows in each of `bins`; none where the manifest does not know them.

    Where they are `approximate` they were made of quantiles, which say nothing of nulls, and `inseparable` are the
    places of bins of which only the sum is known, each the place of the last of two neighbours.
    """

    name: str
    of: Subject
    bins: Bins
    counts: tuple[float, ...]
    approximate: bool = False
    inseparable: frozenset[int] = frozenset()


def references(manifest: Manifest) -> list[Reference]:
    """What there is to compare with of each feature, of the answers for each target, and of their confidence."""
    found = [_of_feature(feature, manifest) for feature in manifest.features]
    for target in manifest.targets:
        found.append(Reference(target.name, "answers", target_bins(manifest.task, target), target.answers))
        if target.confidence:
            found.append(Reference(target.name, "confidence", CONFIDENCE, target.confidence))
    return found


def _of_feature(feature: Feature, manifest: Manifest) -> Reference:
    bins = feature_bins(feature)
    if feature.counts or not bins.cuts:
        return Reference(feature.name, "feature", bins, feature.counts)
    rows = fitted_rows(manifest)
    if rows <= 0 or _are_coarse(feature.quantiles):
        return Reference(feature.name, "feature", bins, ())
    return Reference(
        feature.name,
        "feature",
        bins,
        counts_of_quantiles(feature.quantiles, bins, rows),
        approximate=True,
        inseparable=_inseparable(feature.quantiles, bins),
    )


def fitted_rows(manifest: Manifest) -> int:
    """How many rows the model was fitted to, or at least so many where the manifest knows only all of the data."""
    training = manifest.training
    if training.fitted_rows is not None:
        return training.fitted_rows
    return training.rows - int(manifest.metrics.get("rows_tested", 0))


def counts_of_quantiles(quantiles: Sequence[float], bins: Bins, rows: int) -> tuple[float, ...]:
    """How many of `rows` fall into each of `bins`, which follow from `quantiles` at equal steps.

    The same share of the rows lies between each quantile and the next one, and on them where they are equal. A value
    that is several quantiles so gets the share between them. Its true share may be larger by what lies on either side.
    """
    ascending = sorted(quantiles)
    tied = {least for least, most in pairwise(ascending) if least == most}
    counts = [0.0] * len(bins.labels)
    for least, most in pairwise(ascending):
        from_here = math.nextafter(least, math.inf) if least != most and least in tied else least
        counts[bins.place(from_here)] += rows / (len(ascending) - 1)
    if len(ascending) == 1:
        counts[bins.place(ascending[0])] += rows
    return tuple(counts)


def _are_coarse(quantiles: Sequence[float]) -> bool:
    """Whether they are of few whole numbers: then most values fill a good part of an interval, or several of them.

    How much of a value lies on which side of a quantile is not known, and would be taken for a drift.
    """
    ascending = sorted(quantiles)
    whole = all(float(value).is_integer() for value in ascending)
    return whole and any(most - least <= 1 for least, most in pairwise(ascending))


def _inseparable(quantiles: Sequence[float], bins: Bins) -> frozenset[int]:
    """A value that is several quantiles may also be any part of the intervals beside it."""
    ascending = sorted(quantiles)
    places: set[int] = set()
    for tied in {least for least, most in pairwise(ascending) if least == most}:
        place = bins.place(tied)
        if tied > ascending[0]:
            places.add(place)
        if tied < ascending[-1]:
            places.add(place + 1)
    return frozenset(places)
