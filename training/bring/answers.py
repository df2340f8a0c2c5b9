"""A brought model's answers to the rows of its example, or a sentence on why it has none.

Runs in the isolated process that loaded the model.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from sklearn.exceptions import NotFittedError

from handler.engines.scikit_learn import FittedEstimator
from handler.errors.model import UnloadableArtifact
from handler.errors.request import NoClass, NoFiniteAnswer
from handler.records.signature import Example, Feature, Target, Task, Value
from handler.rows.dtype import typed_rows
from handler.serving.answers.choice import answers_of
from training.bring.held.refused import Refused
from training.errors import UnpackableArtifact, listed

T = TypeVar("T")

MOST_EXAMPLES = 50
"""So many rows are kept: each is answered at every cold start."""


def predicted_of(estimator: Any, rows: Sequence[Sequence[Value]], features: Sequence[Feature]) -> Any:
    """What its predict gives for the rows, as an array; raises UnpackableArtifact where it cannot answer a row."""
    return _asked(estimator, rows, features, lambda model, array: np.asarray(model.predict(array)))


def examples_of(
    estimator: Any,
    rows: Sequence[Sequence[Value]],
    features: Sequence[Feature],
    task: Task,
    targets: Sequence[Target],
) -> list[Example]:
    """Each row with the model's answer, as the HTTP contract has it for the task.

    Raises Refused where it answers what is not served, UnpackableArtifact where it cannot answer a row.
    """

    def said(model: FittedEstimator, array: Any) -> list[dict[str, Any]]:
        answers = answers_of(task, model, features, targets)
        return answers.plain(answers.ask(array))

    return [Example.of(row, answer) for row, answer in zip(rows, _asked(estimator, rows, features, said), strict=True)]


def kept_examples(examples: Sequence[Example], task: Task) -> list[Example]:
    """Up to MOST_EXAMPLES of them, in their order: the first of each class, cluster or set of labels, then others."""
    seen: set[Any] = set()
    firsts: list[int] = []
    others: list[int] = []
    for place, example in enumerate(examples):
        said = example.prediction
        kind = None if task in ("regression", "several_targets") or isinstance(said, dict) else said
        (firsts if kind is not None and kind not in seen else others).append(place)
        seen.add(kind)
    return [examples[place] for place in sorted([*firsts, *others][:MOST_EXAMPLES])]


def _asked(
    estimator: Any,
    rows: Sequence[Sequence[Value]],
    features: Sequence[Feature],
    ask: Callable[[FittedEstimator, Any], T],
) -> T:
    array = typed_rows(rows, features)
    try:
        with np.errstate(all="ignore"):
            return ask(FittedEstimator(estimator), array)
    except NoFiniteAnswer as error:
        raise Refused(
            f"It has no finite answer to row {error.problems[0].row} of the example: give a row like those it was "
            "fitted to."
        ) from error
    except NoClass as error:
        raise Refused(
            f"It answers row {error.problems[0].row} of the example with none of its classes: give a row like those it "
            "was fitted to, or look at what changed its classes_."
        ) from error
    except UnloadableArtifact as error:
        raise Refused(str(error)) from error
    except Exception as error:
        number = _first_that_fails(estimator, array)
        raise UnpackableArtifact(_failure(error, number, rows[number], features)) from error


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
