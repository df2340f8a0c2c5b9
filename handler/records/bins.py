"""The bins that values are counted in: those of a feature, and those of what a model answers.

They follow from the manifest alone, so that whoever has it can count the same way, or read what was counted. A value
that fills several of the quantiles has a bin of its own: with bins between quantiles alone, a column of which 70 % are
zeros would have most of its rows on one edge. numpy is not needed here.
"""

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from handler.records.signature import INLIER, OUTLIER, Feature, Target, Task

BELOW, ABOVE, NULL, UNKNOWN, ANY = "below", "above", "null", "unknown", "any"
"""Labels of bins beside those between quantiles, which are numbered from 1, and those of a name, which begin with =."""

DIGITS_OF_DIGEST = 16


@dataclass(frozen=True)
class Bins:
    """The bins of one feature or one answer, of which each value falls into just one.

    `labels` are all of them in order. A number falls into the bin at the place that says how many of `cuts` it is not
    below, which ascend; a name into the bin labelled by `named`. NULL is for a gap, UNKNOWN for a name that is not
    listed, ANY for what is not told apart.
    """

    labels: tuple[str, ...]
    cuts: tuple[float, ...] = ()

    @property
    def of_numbers(self) -> int:
        """How many of the bins, which are the first ones, are of numbers."""
        return len(self.cuts) + 1 if self.cuts else 0

    def place(self, number: float) -> int:
        """The place among `labels` of the bin of `number`, which is no gap."""
        return bisect_right(self.cuts, number)


CONFIDENCE = Bins(tuple(f"{tenth / 10:.1f}" for tenth in range(10)), tuple(tenth / 10 for tenth in range(1, 10)))
"""The bins of the highest probability, labelled by their lower edges: ten of the same width, the last with 1 in it."""


def named(name: str) -> str:
    """The label of the bin of the category, the boolean or the class `name`."""
    return f"={name}"


def feature_bins(feature: Feature) -> Bins:
    """The bins of the values of `feature`."""
    if feature.kind == "number":
        return _of_numbers(feature.quantiles, (NULL,))
    if feature.kind == "category":
        return Bins((*(named(str(category)) for category in feature.categories), UNKNOWN, NULL))
    if feature.kind == "boolean":
        return Bins((named("true"), named("false"), NULL))
    return Bins((ANY, NULL))


def target_bins(task: Task, target: Target) -> Bins:
    """The bins of what a model of `task` answers for `target`; of a multilabel, each label of a row is counted."""
    if task == "outlier_detection":
        return Bins((named(INLIER), named(OUTLIER)))
    if target.classes:
        return Bins((*map(named, target.classes), UNKNOWN))
    return _of_numbers(target.quantiles, ())


def bins_digest(features: Sequence[Bins], targets: Sequence[Bins]) -> str:
    """Tells bins apart: counts may be added where it is the same."""
    edges = [[[each.labels, each.cuts] for each in group] for group in (features, targets)]
    # JSON writes the shortest digits that give the same float again.
    return hashlib.sha256(json.dumps(edges).encode()).hexdigest()[:DIGITS_OF_DIGEST]


def _of_numbers(quantiles: Sequence[float], more: tuple[str, ...]) -> Bins:
    """A bin from each quantile to the next one, without the next one; of a value that is two of them, one for itself.

    The last bin between quantiles has the largest of them too.
    """
    if not quantiles:
        return Bins((ANY, *more))
    ascending = sorted(quantiles)
    tied = {least for least, most in pairwise(ascending) if least == most}
    after = {math.nextafter(value, math.inf) for value in (*tied, ascending[-1])}
    cuts = tuple(sorted({ascending[0], *ascending[:-1], *tied, *after}))
    return Bins((BELOW, *map(str, range(1, len(cuts))), ABOVE, *more), cuts)
