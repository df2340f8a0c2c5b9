"""The example that clients are shown: a row that is made, and the model's own answer to it.

The rows of a manifest are real, and kept for the self-test alone: no client sees one. What is shown is made from each
feature's statistics.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from handler.records.signature import Domain, Feature, Value
from handler.rows.domain import outside
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor

TEXT = "some text"
"""Of no person."""


@dataclass(frozen=True)
class ShownExample:
    """A made row with the model's answer; `prediction` is None where the model answers none of the rows tried."""

    features: tuple[Value, ...]
    prediction: float | str | None
    prediction_index: int | None = None
    probabilities: dict[str, float] | None = None


def shown_example(predictor: Predictor) -> ShownExample:
    """The first made row that the model answers, with its answer."""
    rows = list(_made_rows(predictor.manifest.features))
    for row in rows:
        answer = _answer(predictor, row)
        if answer is not None:
            return ShownExample(row, **answer)
    return ShownExample(rows[0], None)


def _answer(predictor: Predictor, row: tuple[Value, ...]) -> dict[str, Any] | None:
    try:
        (answer,) = predictor.predict(typed_rows([row], predictor.manifest.features))
    except Exception:  # noqa: BLE001 - whatever a model raises, it has no answer to this row
        return None
    return answer


def _made_rows(features: Sequence[Feature]) -> Iterator[tuple[Value, ...]]:
    """The row of typical values, then others, for a model that has no answer to it."""
    for number in (_typical, _mean, _least, _most):
        yield tuple(_value(feature, number, unknown=0.0) for feature in features)
    # Where nothing is known of a feature: 0 has no logarithm.
    yield tuple(_value(feature, _typical, unknown=1.0) for feature in features)


def _value(feature: Feature, number: Callable[[Feature], float | None], unknown: float) -> Value:
    if feature.kind == "category":
        return next((known for known in feature.categories if known == feature.typical), feature.categories[0])
    if feature.kind == "boolean":
        return feature.typical is True
    if feature.kind == "text":
        return TEXT[: feature.max_length]
    found = number(feature)
    value = unknown if found is None else found
    return value if feature.domain is None else _inside(feature.domain, value)


def _inside(domain: Domain, value: float) -> float:
    """`value`, or where the model cannot take it: the nearest one that it knows, a bound, or a number between or beside
    bounds."""
    if domain.values:
        return min(domain.values, key=lambda known: abs(known - value))
    low = domain.minimum if domain.minimum is not None else domain.exclusive_minimum
    high = domain.maximum if domain.maximum is not None else domain.exclusive_maximum
    tried = [value, *(bound for bound in (domain.minimum, domain.maximum) if bound is not None)]
    tried += [(low + high) / 2] if low is not None and high is not None else []
    tried += [low + 1.0] if low is not None else []
    tried += [high - 1.0] if high is not None else []
    taken = ~outside(domain, np.array(tried))
    return next((number for number, fits in zip(tried, taken.tolist(), strict=True) if fits), value)


def _typical(feature: Feature) -> float | None:
    """What the manifest says, else the median: of the eleven quantiles it is the sixth."""
    if isinstance(feature.typical, float):
        return feature.typical
    return feature.quantiles[len(feature.quantiles) // 2] if feature.quantiles else _mean(feature)


def _mean(feature: Feature) -> float | None:
    return feature.mean if feature.mean is not None else _least(feature)


def _least(feature: Feature) -> float | None:
    return feature.minimum if feature.minimum is not None else feature.maximum


def _most(feature: Feature) -> float | None:
    return feature.maximum if feature.maximum is not None else feature.minimum
