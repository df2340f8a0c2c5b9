"""A brought model's answers to the rows of its example, or a sentence on why it has none.

Runs in the isolated process that loaded the model.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from handler.records.signature import Example, Feature, Value
from handler.rows.dtype import typed_rows
from training.bring.estimator import Refused, several_targets
from training.errors import UnpackableArtifact, listed

MOST_EXAMPLES = 50
"""So many rows are kept: each is answered at every cold start."""


def examples_of(
    estimator: Any,
    rows: Sequence[Sequence[Value]],
    features: Sequence[Feature],
    labels: Sequence[Any],
    classes: Sequence[str],
) -> list[Example]:
    """Each row with the model's answer; `classes` are the names of a classifier's `labels`.

    Raises Refused where it answers what is not served, UnpackableArtifact where it cannot answer a row.
    """
    array = typed_rows(rows, features)
    try:
        predicted, probabilities = answers_of(estimator, array, labels)
    except Refused:
        raise
    except Exception as error:
        number = _first_that_fails(estimator, array)
        raise UnpackableArtifact(_failure(error, number, rows[number], features)) from error
    if not classes:
        return [Example(tuple(row), answer) for row, answer in zip(rows, predicted, strict=True)]
    shares: Sequence[list[float] | None] = probabilities or [None] * len(rows)
    return [
        Example(tuple(row), classes[index], index, dict(zip(classes, share, strict=True)) if share else None)
        for row, index, share in zip(rows, predicted, shares, strict=True)
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


def answers_of(estimator: Any, rows: Any, labels: Sequence[Any]) -> tuple[list[Any], list[list[float]] | None]:
    """What the model says of `rows`: numbers, or places in a classifier's `labels`; and its probabilities.

    Raises Refused where it answers what is not served; whatever the model raises passes through.
    """
    with np.errstate(all="ignore"):
        predicted = np.asarray(estimator.predict(rows))
        if predicted.size != len(rows):
            raise Refused(several_targets(predicted.size // len(rows)))
        answers = predicted.ravel().tolist()
        if not labels:
            _require_finite(predicted.astype(np.float64).reshape(len(rows), 1))
            return [float(value) for value in answers], None
        indexes = [_place(answer, labels) for answer in answers]
        if not hasattr(estimator, "predict_proba"):
            return indexes, None
        shares = np.asarray(estimator.predict_proba(rows), dtype=np.float64)
    if shares.shape != (len(rows), len(labels)):
        raise Refused("Its probabilities are not one for each of its classes.")
    _require_finite(shares)
    return indexes, shares.tolist()


def _first_that_fails(estimator: Any, rows: Any) -> int:
    for index in range(len(rows)):
        try:
            estimator.predict(rows[[index]])
        except Exception:  # noqa: BLE001 - whatever a model raises counts as its failure
            return index
    return 0


def _failure(error: Exception, number: int, row: Sequence[Value], features: Sequence[Feature]) -> str:
    """A sentence on `error`, which the model raised over row `number` of the example."""
    said = str(error)
    if isinstance(error, NotFittedError):
        return "A step of the model was not fitted: call fit(X, y) on the whole of it, and dump it after that."
    values = list(zip(features, row, strict=True))
    gaps = [repr(feature.name) for feature, value in values if value is None]
    texts = [f"{value!r} for {feature.name!r}" for feature, value in values if isinstance(value, str)]
    is_gap = any(words in said for words in ("contains NaN", "NoneType", "missing values"))
    if is_gap and gaps:
        return (
            f"The model takes no gaps, and row {number} of the example has null for {listed(gaps)}: give a value, or "
            "fit a pipeline that begins with SimpleImputer."
        )
    is_text = any(
        words in said for words in ("could not convert string", "could not be converted", "unknown categories")
    )
    if is_text and texts:
        return (
            f"The model does not take a text that row {number} of the example has: {listed(texts)}. Give what it was "
            "fitted to, or package the pipeline that encodes the texts."
        )
    needs_frame = isinstance(error, AttributeError) or "only supported for dataframes" in said or "pandas" in said
    if needs_frame and not (is_gap or is_text):
        return (
            "The model treats its rows as a DataFrame, and Lambda has no pandas. Fit it to frame.to_numpy(), with "
            "steps that choose columns by position."
        )
    return (
        f"The model cannot answer row {number} of the example: its predict raises {type(error).__name__}. Try "
        "model.predict on that row as an array where it was made; what is missing before it belongs into a pipeline."
    )


def _place(label: Any, labels: Sequence[Any]) -> int:
    alike = [index for index, one in enumerate(labels) if type(one) is type(label) and one == label]
    alike += [index for index, one in enumerate(labels) if one == label]
    if not alike:
        raise Refused(f"It answers {label!r}, which is none of its classes: look at what changed its classes_.")
    return alike[0]


def _require_finite(answers: Any) -> None:
    wrong = np.flatnonzero(~np.isfinite(answers).all(axis=1))
    if len(wrong):
        raise Refused(
            f"It has no finite answer to row {wrong[0]} of the example: give a row like those it was fitted to."
        )
