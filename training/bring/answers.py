"""What a brought model answered to the rows of its example: what its manifest keeps of that, or why it could not.

`training.bring.brought_model` uses it, on what `training.bring.inspection_process` says.
"""

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from handler.registry.manifest import Example, Feature, Value
from training.bring.naming import listed

MOST_EXAMPLES = 50
"""So many rows are kept: each is answered at every cold start."""


def failure_told(said: Mapping[str, Any], features: Sequence[Feature], row: Sequence[Value]) -> str:
    """A sentence on why the model could not answer a row of the example."""
    number, kind = said["row"], said["failed"]
    gaps = [repr(feature.name) for feature, value in zip(features, row, strict=True) if value is None]
    texts = [
        f"{value!r} for {feature.name!r}"
        for feature, value in zip(features, row, strict=True)
        if isinstance(value, str)
    ]
    if kind == "unfitted":
        return "A step of the model was not fitted: call fit(X, y) on the whole of it, and dump it after that."
    if kind == "names":
        return (
            "The model treats its rows as a DataFrame, and Lambda has no pandas. Fit it to frame.to_numpy(), with "
            "steps that choose columns by position."
        )
    if kind == "gap" and gaps:
        return (
            f"The model takes no gaps, and row {number} of the example has null for {listed(gaps)}: give a value, or "
            "fit a pipeline that begins with SimpleImputer."
        )
    if kind in ("text", "unknown") and texts:
        return (
            f"The model does not take a text that row {number} of the example has: {listed(texts)}. Give what it was "
            "fitted to, or package the pipeline that encodes the texts."
        )
    return (
        f"The model cannot answer row {number} of the example: its predict raises {said['error']}. Try model.predict "
        "on that row as an array where it was made; what is missing before it belongs into a pipeline."
    )


def examples_of(rows: Sequence[Sequence[Value]], said: Mapping[str, Any], classes: Sequence[str]) -> list[Example]:
    if not classes:
        return [Example(tuple(row), float(answer)) for row, answer in zip(rows, said["predicted"], strict=True)]
    shares = said["probabilities"] or [None] * len(rows)
    return [
        Example(tuple(row), classes[index], index, dict(zip(classes, share, strict=True)) if share else None)
        for row, index, share in zip(rows, said["predicted"], shares, strict=True)
    ]


def kept_examples(examples: Sequence[Example]) -> list[Example]:
    """Up to MOST_EXAMPLES of them, in their order: the first of each class, then the first others."""
    seen: set[int | None] = set()
    firsts: list[int] = []
    others: list[int] = []
    for place, example in enumerate(examples):
        is_first = example.prediction_index is not None and example.prediction_index not in seen
        (firsts if is_first else others).append(place)
        seen.add(example.prediction_index)
    return [examples[place] for place in sorted([*firsts, *others][:MOST_EXAMPLES])]


def spread_of(examples: Sequence[Example]) -> float | None:
    """What is known of the spread of a regression's target: that of its answers to several rows."""
    answers = [example.prediction for example in examples if isinstance(example.prediction, float)]
    return statistics.pstdev(answers) or None if len(answers) > 1 else None
