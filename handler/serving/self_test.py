"""Whether a loaded model repeats the answers that its manifest gives, which no digest can show.

A digest proves that the bytes are the ones that were published. This proves that the libraries here compute with them
what they computed where the model was trained. It only compares: the answers are passed in.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from handler.errors.model import SelfTestFailed
from handler.records.signature import Example, Target
from handler.registry.manifest import Manifest

TOLERANCE = 1e-6
"""How far an answer may be from the manifest's, of a probability, of a target's spread or of the largest score: the
BLAS kernels of two machines differ in a float64's last digits. A twin may differ by as much as its parity's bound."""

MOST_TOLERANCE = 1e-5
"""The most that a manifest's parity can allow: the gate before a twin is published is no wider."""

ROUNDING = 1e-12
"""The same as a share of the value itself, some thousand times float64's own rounding, for targets of large values and
little spread."""

SCORES = ("score", "scores")
"""The fields of an answer that an example may lack: older manifests had none."""


def require_repeated(answers: Sequence[dict[str, Any]], manifest: Manifest) -> None:
    """Raise SelfTestFailed unless `answers`, one for each example of `manifest`, are what the examples say."""
    for answer, example in zip(answers, manifest.examples, strict=True):
        if not _repeats(answer, example, manifest):
            raise SelfTestFailed(
                f"The model answers {answer} to one of its own examples; its manifest says {example.answer}."
            )


def _repeats(answer: dict[str, Any], example: Example, manifest: Manifest) -> bool:
    expected = example.answer
    tolerance = _tolerance(manifest)
    if expected.keys() - answer.keys() or answer.keys() - expected.keys() - {*SCORES}:
        return False
    scale = _largest_score(manifest) if {*SCORES} & expected.keys() else 1.0
    return (
        _same_prediction(answer["prediction"], expected["prediction"], manifest)
        and answer.get("prediction_index") == expected.get("prediction_index")
        and _same_numbers(answer.get("probabilities"), expected.get("probabilities"), tolerance)
        and all(_same_numbers(answer[name], expected[name], tolerance * scale) for name in SCORES if name in expected)
    )


def _tolerance(manifest: Manifest) -> float:
    """How far an answer may be from the manifest's: `manifest` lists the form that was loaded, and no other."""
    parity = manifest.artifact.parity
    return TOLERANCE if parity is None else min(max(TOLERANCE, parity.bound), MOST_TOLERANCE)


def _same_prediction(said: Any, expected: Any, manifest: Manifest) -> bool:
    """Numbers may differ by the target's spread; classes, labels and clusters not at all."""
    if manifest.task == "regression":
        return _close([said], [expected], _tolerance(manifest) * _spread(manifest))
    if manifest.task != "several_targets":
        return bool(said == expected)
    return list(said) == list(expected) and all(
        said[target.name] == expected[target.name]
        if target.classes
        else _close([said[target.name]], [expected[target.name]], _tolerance(manifest) * _spread_of(target, manifest))
        for target in manifest.targets
    )


def _same_numbers(said: Any, expected: Any, allowed: float) -> bool:
    """Whether two numbers, or all numbers in two objects of the same names in the same order, are close."""
    if isinstance(said, Mapping) and isinstance(expected, Mapping):
        if list(said) != list(expected):
            return False
        if not any(isinstance(value, Mapping) for value in said.values()):
            return _close(said.values(), expected.values(), allowed)
        return all(_same_numbers(said[name], expected[name], allowed) for name in said)
    if said is None or expected is None:
        return said is expected
    return _close([said], [expected], allowed)


def _spread(manifest: Manifest) -> float:
    """The scale of a regression's target: its spread in training, or what an older manifest can say of it."""
    return (
        manifest.target.spread
        or manifest.metrics.get("root_mean_squared_error")
        or max(abs(example.prediction) for example in manifest.examples if isinstance(example.prediction, float))
    )


def _spread_of(target: Target, manifest: Manifest) -> float:
    """The same of one of several targets."""
    values = [example.answer["prediction"][target.name] for example in manifest.examples]
    return target.spread or max(map(abs, values))


def _largest_score(manifest: Manifest) -> float:
    """The scale of the scores: the largest one in the examples, whatever its sign."""
    found: list[float] = []
    for example in manifest.examples:
        found += [] if example.score is None else [abs(example.score)]
        found += map(abs, (example.scores or {}).values())
    return max(found, default=0.0) or 1.0


def _close(values: Iterable[float], expected: Iterable[float], allowed: float) -> bool:
    return bool(np.allclose([*values], [*expected], rtol=ROUNDING, atol=allowed))
