"""How a window is compared with what the manifest says of training, and when that counts as drift.

A fixed limit of the index is wrong at both ends: with few rows chance exceeds it, and where most rows have one value no
drift reaches it. So an index counts as drift above two limits: what chance gives, and a floor that follows the bins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import inf, nextafter

import numpy as np

from handler.monitoring.drift.chi_squared import chi_squared_test
from handler.monitoring.drift.distance import shannon_distance
from handler.monitoring.drift.index import largest_by_chance, stability_index
from handler.monitoring.drift.merged import LEAST_ROWS, Counts, merged
from handler.monitoring.drift.reference import Reference, references
from handler.monitoring.drift.report import Comparison, DriftReport, Verdict
from handler.monitoring.empty_window import digest_of
from handler.monitoring.window import OtherBins, Window
from handler.records.bins import ABOVE, ANY, BELOW, NULL, UNKNOWN
from handler.registry.manifest import DriftRule, Manifest

OF_INTEREST = 0.25
"""The index that must be told from chance: a shift of half a standard deviation gives 0.24 over the deciles."""

LEAST_PART = 0.2
"""Of the floor, at least this part is left, however many rows have the same value."""

FEWEST_BINS = 3
"""Bins are not merged further for the sake of a lower bound where fewer would be left."""

OF_QUANTILES = 2
"""The floor is so many times higher where the counts of training were made of quantiles."""


@dataclass(frozen=True)
class _Told:
    """A comparison, and whether it stays too little data however many rows a window has."""

    comparison: Comparison
    never: bool = False


def drift_report(manifest: Manifest, window: Window, windows: int) -> DriftReport:
    """What `window`, the sum of so many `windows` of the manifest's version, says of each feature and target.

    Raises OtherBins where the window is of another version, or was counted in other bins.
    """
    _require_same_bins(manifest, window)
    rule = manifest.drift or DriftRule()
    found = references(manifest)
    # Each comparison that can alarm takes its part of alpha, so that all of them together alarm no more often.
    share = rule.alpha / max(sum(1 for each in found if sum(each.counts)), 1)
    counted = {"feature": window.features, "answers": window.answers, "confidence": window.confidence}
    told = []
    for reference in found:
        counts = counted[reference.of].get(reference.name, {})
        told.append(_compared(reference, [counts.get(label, 0) for label in reference.bins.labels], rule, share))
    return DriftReport(
        manifest.name,
        manifest.version,
        _moment(window.began),
        _moment(window.ended),
        windows,
        window.requests,
        window.rows,
        manifest.training.fitted_rows,
        rule.alpha,
        _verdict_on_all(told, window.rows),
        tuple(each.comparison for each in told),
    )


def _require_same_bins(manifest: Manifest, window: Window) -> None:
    digest = digest_of(manifest)
    if (window.version, window.bins) != (manifest.version, digest):
        raise OtherBins(
            f"The window is of {window.version} in the bins {window.bins}, the manifest of {manifest.version} in the "
            f"bins {digest}: their counts cannot be compared. Take the manifest of the version that was counted."
        )


def _compared(reference: Reference, now: Sequence[int], rule: DriftRule, share: float) -> _Told:
    """`share` is how often this comparison may alarm where nothing drifted."""
    if not sum(reference.counts):
        return _Told(_comparison(reference, now, "not_known"))
    if not sum(now):
        return _Told(_comparison(reference, now, "no_traffic"))
    part = _part_of_floor(reference)
    floor = rule.floor * part * (OF_QUANTILES if reference.approximate else 1)
    interest = max(OF_INTEREST * part, floor)
    then, today, bound = _bins_that_tell(reference, now, interest, share)
    if not len(then):
        return _Told(_comparison(reference, now, "too_little_data"))
    psi = stability_index(then, today)
    verdict: Verdict = "none"
    if psi > max(floor, bound):
        verdict = "drift"
    elif len(then) == 1 and (reference.approximate or ANY in reference.bins.labels):
        verdict = "not_known"
    elif bound > interest:
        verdict = "too_little_data"
    statistic, p_value = chi_squared_test(then, today)
    comparison = _comparison(
        reference,
        now,
        verdict,
        compared_bins=len(then),
        psi=psi,
        floor=floor,
        bound=bound,
        distance=shannon_distance(then, today),
        chi_squared=statistic,
        p_value=p_value,
    )
    limit = bound * today.sum() / (today.sum() + then.sum())
    return _Told(comparison, never=bool(limit > interest))


def _bins_that_tell(
    reference: Reference, now: Sequence[int], interest: float, share: float
) -> tuple[Counts, Counts, float]:
    """The counts then and now in the finest bins in which a drift of interest is more than chance, and the bound.

    Where no bins are coarse enough for that: the finest ones that have enough rows each.
    """
    then, today, bound = _bounded(*merged(reference, now), share)
    least, tried = LEAST_ROWS, (then, today, bound)
    while len(tried[0]) >= FEWEST_BINS:
        then, today, bound = tried
        if bound <= interest:
            break
        least *= 2
        tried = _bounded(*merged(reference, now, least), share)
    return then, today, bound


def _bounded(then: Counts, today: Counts, share: float) -> tuple[Counts, Counts, float]:
    if not len(then):
        return then, today, inf
    return then, today, largest_by_chance(share, len(then), float(then.sum()), float(today.sum()))


def _part_of_floor(reference: Reference) -> float:
    """1 less the largest share of training that is one value, where just the rest can shift; at least LEAST_PART."""
    if reference.of == "confidence":
        return 1.0
    counts = np.array(reference.counts)
    cuts = reference.bins.cuts
    single = [place + 1 for place, (low, high) in enumerate(pairwise(cuts)) if high == nextafter(low, inf)]
    values = [*single, *range(reference.bins.of_numbers, len(counts))]
    largest = counts[values].max() / counts.sum() if values else 0.0
    return max(1 - float(largest), LEAST_PART)


def _comparison(
    reference: Reference,
    now: Sequence[int],
    verdict: Verdict,
    *,
    compared_bins: int = 0,
    psi: float | None = None,
    floor: float | None = None,
    bound: float | None = None,
    distance: float | None = None,
    chi_squared: float | None = None,
    p_value: float | None = None,
) -> Comparison:
    bins = reference.bins
    counts = dict(zip(bins.labels, now, strict=True))
    rows = max(sum(now), 1)
    return Comparison(
        name=reference.name,
        of=reference.of,
        verdict=verdict,
        labels=bins.labels,
        cuts=bins.cuts,
        then=reference.counts,
        now=tuple(now),
        approximate=reference.approximate,
        compared_bins=compared_bins,
        psi=psi,
        floor=floor,
        bound=bound,
        distance=distance,
        chi_squared=chi_squared,
        p_value=p_value,
        outside=(counts.get(BELOW, 0) + counts.get(ABOVE, 0)) / rows,
        null=counts.get(NULL, 0) / rows,
        unknown=counts.get(UNKNOWN, 0) / rows,
    )


def _verdict_on_all(told: Sequence[_Told], rows: int) -> Verdict:
    """What is too little data for ever holds nothing back, as long as something else could be told."""
    verdicts = [each.comparison.verdict for each in told]
    if not rows:
        return "no_traffic"
    if "drift" in verdicts:
        return "drift"
    waiting = any(each.comparison.verdict == "too_little_data" and not each.never for each in told)
    if "none" in verdicts and not waiting:
        return "none"
    return "too_little_data" if "too_little_data" in verdicts else "not_known"


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
