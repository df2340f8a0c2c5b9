"""The window of a version before anything is counted: whoever adds up windows begins with it.

The function itself has no need of it: it makes its windows of the bins that it counts in.
"""

from handler.monitoring.window import Window
from handler.records.bins import bins_digest, feature_bins, target_bins
from handler.registry.manifest import Manifest


def digest_of(manifest: Manifest) -> str:
    """The digest of the bins that windows of the manifest's version are counted in."""
    targets = [target_bins(manifest.task, target) for target in manifest.targets]
    return bins_digest([feature_bins(feature) for feature in manifest.features], targets)


def empty_window(manifest: Manifest) -> Window:
    """A window of the manifest's version in which nothing is counted."""
    return Window(manifest.version, digest_of(manifest))
