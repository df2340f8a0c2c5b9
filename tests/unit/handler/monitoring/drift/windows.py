"""Manifests with counts, and windows of them, made of values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.counting import count_feature
from handler.monitoring.window import Counts, Window
from handler.records.bins import Bins, bins_digest, feature_bins, target_bins
from handler.records.signature import Feature, Target
from handler.registry.manifest import DriftRule, Manifest

Column = Sequence[Any] | NDArray[Any]

FORMATS = Path(__file__).parents[2] / "registry"


def older_manifest(file: str) -> Manifest:
    """A kept manifest, such as format_1/iris.json."""
    return Manifest.from_json((FORMATS / file).read_text())


def fitted_to(columns: Mapping[str, Column], answers: Sequence[int] = (), drift: DriftRule | None = None) -> Manifest:
    """A manifest of a model that was fitted to these columns: floats with NaN for a gap, texts, or booleans."""
    rows = len(next(iter(columns.values())))
    iris = older_manifest("format_1/iris.json")
    return replace(
        iris,
        features=tuple(feature_of(name, values) for name, values in columns.items()),
        target=replace(iris.target, answers=tuple(answers)),
        training=replace(iris.training, rows=rows, fitted_rows=rows),
        drift=drift,
    )


def feature_of(name: str, values: Column) -> Feature:
    """The feature that training makes of `values`, with its counts."""
    if isinstance(values[0], (bool, str)):
        kind: Any = "boolean" if isinstance(values[0], bool) else "category"
        categories = () if kind == "boolean" else tuple(sorted({str(value) for value in values if value is not None}))
        feature = Feature(name, kind, categories=categories)
    else:
        quantiles = np.nanquantile(np.array(values, dtype=np.float64), np.linspace(0, 1, 11))
        feature = Feature(name, "number", quantiles=tuple(quantiles.tolist()))
    return replace(feature, counts=tuple(_counted(values, feature_bins(feature))))


def window_of(manifest: Manifest, columns: Mapping[str, Column], answers: Counts | None = None, **other: Any) -> Window:
    """The window of requests with these columns."""
    bins = {feature.name: feature_bins(feature) for feature in manifest.features}
    features = {name: counts_by_label(bins[name], _counted(values, bins[name])) for name, values in columns.items()}
    rows = max(map(len, columns.values()), default=0)
    said = {} if answers is None else {manifest.target.name: answers}
    return empty_window(manifest, requests=rows, rows=rows, features=features, answers=said, **other)


def empty_window(manifest: Manifest, **fields: Any) -> Window:
    """A window of the manifest's version in its bins."""
    targets: Sequence[Target] = manifest.targets
    digest = bins_digest(
        [feature_bins(feature) for feature in manifest.features],
        [target_bins(manifest.task, target) for target in targets],
    )
    return Window(manifest.version, digest, **fields)


def counts_by_label(bins: Bins, counts: Sequence[int]) -> dict[str, int]:
    """The counts as a window has them."""
    return {label: count for label, count in zip(bins.labels, counts, strict=True) if count}


def _counted(values: Column, bins: Bins) -> list[int]:
    array = np.array(values, dtype=np.float64 if bins.cuts else np.object_)
    return [int(count) for count in count_feature(array, bins)]
