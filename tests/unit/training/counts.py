"""What the counts of a manifest must hold, whichever way it was made."""

from handler.records.bins import ABOVE, BELOW, UNKNOWN, feature_bins
from handler.records.signature import Feature
from handler.registry.manifest import Manifest


def counts_of(feature: Feature) -> dict[str, int]:
    """The counts of a feature by the labels of its bins."""
    return dict(zip(feature_bins(feature).labels, feature.counts, strict=True))


def odd_counts(manifest: Manifest) -> list[str]:
    """The features of which not each row fitted is counted, once and in a bin of what training saw."""
    found = []
    for feature in manifest.features:
        counts = counts_of(feature)
        outside = [counts.get(label, 0) for label in (BELOW, ABOVE, UNKNOWN)]
        if sum(feature.counts) != manifest.training.fitted_rows or any(outside):
            found.append(feature.name)
    return found
