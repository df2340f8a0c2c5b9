"""Describes training data for the manifest: what each feature looked like, and which data it was.

The statistics are of the rows that the model was fitted to: they say what the model knows. How many of these rows fall
into each bin is counted by the code that counts requests, so that the two can be compared.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handler.monitoring.counting import count_feature
from handler.records.bins import feature_bins
from handler.records.signature import Feature

QUANTILES = np.linspace(0, 1, 11)


def numeric_features(names: Sequence[str], rows: NDArray[np.float64]) -> tuple[Feature, ...]:
    """One `Feature` for each column of `rows`, of shape (rows, features); NaN counts as a gap.

    The standard deviation is that of the rows themselves (ddof 0), the quantiles are interpolated linearly, as
    numpy.quantile does by default; the median, as what is typical, is the lower of the two middle values.
    """
    return tuple(_numeric_feature(name, column) for name, column in zip(names, rows.T, strict=True))


def category_feature(name: str, counts: Mapping[str, int], *, nullable: bool, allow_unknown: bool = False) -> Feature:
    """The `Feature` of a column of texts, from how often each value occurs among the rows fitted."""
    return Feature(
        name=name,
        kind="category",
        nullable=nullable,
        categories=tuple(counts),
        allow_unknown=allow_unknown,
        typical=max(counts, key=counts.__getitem__, default=None),
    )


def with_counts(feature: Feature, values: NDArray[Any]) -> Feature:
    """`feature`, whose statistics are known, with how many of `values` fall into each of its bins.

    `values` have the shape (rows,), and are typed as those of a request (`handler.rows.dtype`).
    """
    return replace(feature, counts=tuple(count_feature(values, feature_bins(feature)).tolist()))


def quantiles_of(values: NDArray[np.float64]) -> tuple[float, ...]:
    """The 11 quantiles (0, 10, … 100 %) of `values`, of shape (rows,) without gaps, interpolated linearly."""
    return tuple(np.quantile(values, QUANTILES).tolist())


def dataset_sha256(*parts: NDArray[Any]) -> str:
    """A digest of arrays: of their types, shapes and values, in order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part.dtype.str}{part.shape}".encode())
        digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()


def _numeric_feature(name: str, column: NDArray[np.float64]) -> Feature:
    present = column[~np.isnan(column)]
    return Feature(
        name=name,
        kind="number",
        nullable=len(present) < len(column),
        minimum=float(present.min()),
        maximum=float(present.max()),
        mean=float(present.mean()),
        std=float(present.std()),
        quantiles=quantiles_of(present),
        # A value that occurs: between two codes there may be one that means nothing.
        typical=float(np.quantile(present, 0.5, method="lower")),
    )
