"""Whether a loaded model repeats the answers that its manifest gives, which no digest can show.

A digest proves that the bytes are the ones that were published. This proves that the libraries here compute with them
what they computed where the model was trained. It only compares: the answers are passed in.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from handler.errors.model import SelfTestFailed
from handler.records.signature import Example
from handler.registry.manifest import Manifest

TOLERANCE = 1e-6
"""How far an answer may be from the manifest's, of a probability or of a target's spread: the BLAS kernels of two
machines differ in a float64's last digits."""

ROUNDING = 1e-12
"""The same as a share of the value itself, some thousand times float64's own rounding, for targets of large values and
little spread."""


def require_repeated(answers: Sequence[dict[str, Any]], manifest: Manifest) -> None:
    """Raise SelfTestFailed unless `answers`, one for each example of `manifest`, are what the examples say."""
    for answer, example in zip(answers, manifest.examples, strict=True):
        if not _repeats(answer, example, manifest):
            expected = (example.prediction, example.probabilities)
            raise SelfTestFailed(
                f"The model answers {answer} to one of its own examples; its manifest says {expected}."
            )


def _repeats(answer: dict[str, Any], example: Example, manifest: Manifest) -> bool:
    if isinstance(example.prediction, float):
        return _close([answer["prediction"]], [example.prediction], _spread(manifest))
    probabilities: dict[str, float] | None = answer.get("probabilities")
    if (probabilities is None) != (example.probabilities is None):
        return False
    if probabilities is not None and example.probabilities is not None:
        if list(probabilities) != list(example.probabilities):
            return False
        if not _close(probabilities.values(), example.probabilities.values(), 1.0):
            return False
    return (answer["prediction"], answer["prediction_index"]) == (example.prediction, example.prediction_index)


def _spread(manifest: Manifest) -> float:
    """The scale of a regression's target: its spread in training, or what an older manifest can say of it."""
    return (
        manifest.target.spread
        or manifest.metrics.get("root_mean_squared_error")
        or max(abs(example.prediction) for example in manifest.examples if isinstance(example.prediction, float))
    )


def _close(values: Iterable[float], expected: Iterable[float], spread: float) -> bool:
    return bool(np.allclose([*values], [*expected], rtol=ROUNDING, atol=TOLERANCE * spread))
