"""Manifests without what came with the newest format, as an earlier release wrote them."""

from dataclasses import replace

from handler.registry.manifest import Manifest


def before_counts(manifest: Manifest) -> Manifest:
    """`manifest` as it was before there were counts, which came with format 5."""
    targets = [replace(target, quantiles=(), answers=(), confidence=()) for target in manifest.targets]
    return replace(
        manifest,
        features=tuple(replace(feature, counts=()) for feature in manifest.features),
        target=targets[0],
        more_targets=tuple(targets[1:]),
        training=replace(manifest.training, fitted_rows=None),
        drift=None,
    )
