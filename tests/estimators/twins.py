"""The twin of each recipe's model, by the gate that `train` and `package` use, over the ranges of its data."""

from dataclasses import replace

import numpy as np

from handler.records.signature import Feature, Target
from handler.registry.chain import VerifiedArtifact
from handler.registry.manifest import Manifest
from tests.estimators.data import Data
from training.twin.making import twin_of
from training.twin.outcome import Outcome, Twin

SEED = 0
STEPS = (1e-11, 1e-9)
"""The largest difference is said by the first of these that it is below: its last digits depend on the processor."""


def twin(data: Data, manifest: Manifest, content: bytes, rows: list[list[float]]) -> Outcome:
    """The twin of the model in `content`, fitted to `data`, or why it has none."""
    described = replace(
        manifest,
        features=tuple(map(_described, manifest.features, np.asarray(data.x, dtype=np.float64).T)),
        target=_with_spread(manifest.target, data, 0),
        more_targets=tuple(_with_spread(one, data, place) for place, one in enumerate(manifest.more_targets, start=1)),
    )
    return twin_of(VerifiedArtifact(described, content), rows, SEED)


def said(found: Outcome) -> str:
    """A cell of the table: the input and the largest difference, or the reason."""
    if not isinstance(found, Twin):
        # How many rows they are may depend on the processor.
        otherwise = found.reason.startswith("Its graph answers")
        return f"no twin: {'Its graph answers some rows otherwise.' if otherwise else found.reason}"
    largest = next((step for step in STEPS if found.parity.largest_difference < step), found.parity.bound)
    return f"{found.input}, below {largest:.0e}"


def _described(feature: Feature, column: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Feature:
    quantiles = tuple(np.quantile(column, np.linspace(0, 1, 11)).tolist())
    return replace(feature, minimum=quantiles[0], maximum=quantiles[-1], quantiles=quantiles)


def _with_spread(target: Target, data: Data, place: int) -> Target:
    if target.classes or data.y is None or hasattr(data.y, "toarray"):
        return target
    columns = np.asarray(data.y).reshape(len(data.x), -1)
    return replace(target, spread=float(np.std(columns[:, place]))) if columns.dtype.kind == "f" else target
