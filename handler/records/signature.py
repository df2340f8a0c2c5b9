"""The signature of a model: what it takes, what it answers, and rows with the answers to them.

These are the records of a manifest that the API, the pages and the reports are made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from handler.records.decoding import needing, since

Task = Literal["classification", "regression", "outlier_detection", "clustering", "several_targets", "multilabel"]
Kind = Literal["number", "category", "boolean", "text"]
Gap = Literal["None", "NaN"]
Value = float | str | bool | None
Category = str | int
Prediction = float | str | tuple[str, ...] | dict[str, float | str]


def values_until_2(*known: str) -> dict[str, Any]:
    """The metadata of a field whose values were `known` ones until format 2, and whose others came with 3."""
    return needing(lambda value: 1 if value in known else 3)


@dataclass(frozen=True)
class Domain:
    """What the model can take of a number at all, whatever training saw: one of `values`, or what the bounds hold.

    The bounds are those of JSON Schema ("JSON Schema Validation", 6.2); None is no bound, no `values` are no list.
    """

    values: tuple[float, ...] = ()
    minimum: float | None = None
    exclusive_minimum: float | None = None
    maximum: float | None = None
    exclusive_maximum: float | None = None


@dataclass(frozen=True)
class Feature:
    """One input, in the order of the estimator's columns.

    A number has the range, mean, standard deviation and the 11 quantiles (0, 10, … 100 %) seen in training. A category
    has the values seen in training: texts, or whole numbers that are codes. A boolean is true or false. A text is any
    string of up to `max_length` characters. `nullable` says whether training saw gaps, and so whether null is taken;
    `gap` what the model gets for it: a number always NaN, the other kinds None, or NaN where it was fitted to a
    DataFrame. `allow_unknown` says whether a category takes other values too, answered as a gap is. `typical` is a
    number's median or the most frequent value, to be shown as an example; a text has none. `domain` is None where the
    model takes every number. `counts` are the rows fitted in each bin (`handler.records.bins`), none where not known.
    """

    name: str
    kind: Kind = field(metadata=values_until_2("number", "category"))
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    std: float | None = None
    quantiles: tuple[float, ...] = ()
    categories: tuple[Category, ...] = field(
        default=(), metadata=needing(lambda values: 1 if all(isinstance(value, str) for value in values) else 3)
    )
    allow_unknown: bool = False
    typical: Value = field(default=None, metadata=since(2))
    domain: Domain | None = field(default=None, metadata=since(2))
    gap: Gap = field(default="None", metadata=since(3))
    max_length: int | None = field(default=None, metadata=since(3))
    counts: tuple[int, ...] = field(default=(), metadata=since(5))

    @property
    def is_coded(self) -> bool:
        """Whether it is a category of whole numbers."""
        return bool(self.categories) and isinstance(self.categories[0], int)


@dataclass(frozen=True)
class Target:
    """What is predicted. `classes[i]` is the name of the estimator's i-th class; empty where it is a number.

    Of a clustering they are the numbers of its clusters, as texts; of a multilabel classification its labels; of an
    outlier detection there are none. `spread` is the standard deviation (ddof 0) of a regression's target among the
    rows fitted; None: not known. `quantiles` are the 11 quantiles of a number among the same rows.

    `answers` and `confidence` are what the model said of rows that it was not fitted to: how many of its answers fell
    into each bin (`handler.records.bins`), and of its highest probabilities into each of ten. None where not known.
    """

    name: str
    classes: tuple[str, ...] = ()
    spread: float | None = field(default=None, metadata=since(2))
    quantiles: tuple[float, ...] = field(default=(), metadata=since(5))
    answers: tuple[int, ...] = field(default=(), metadata=since(5))
    confidence: tuple[int, ...] = field(default=(), metadata=since(5))


@dataclass(frozen=True)
class Example:
    """A real row and the model's answer to it, which the handler must get again before it serves. Clients see none.

    Each field of the answer has the name that it has in the HTTP contract, and is None where the answer has none; the
    probabilities of several targets are `target_probabilities` here. The number of a cluster is a whole float.
    """

    features: tuple[Value, ...]
    prediction: Prediction = field(metadata=needing(lambda value: 1 if isinstance(value, (float, str)) else 3))
    prediction_index: int | None = None
    probabilities: dict[str, float] | None = None
    score: float | None = field(default=None, metadata=since(3))
    scores: dict[str, float] | None = field(default=None, metadata=since(3))
    target_probabilities: dict[str, dict[str, float]] | None = field(default=None, metadata=since(3))

    @classmethod
    def of(cls, features: Sequence[Value], answer: Mapping[str, Any]) -> "Example":
        """The example of a row and its answer, which `answer` gives back."""
        values = dict(answer)
        if isinstance(values["prediction"], list):
            values["prediction"] = tuple(values["prediction"])
        elif isinstance(values["prediction"], int):
            values["prediction"] = float(values["prediction"])
        elif isinstance(values["prediction"], dict) and "probabilities" in values:
            values["target_probabilities"] = values.pop("probabilities")
        return cls(tuple(features), **values)

    @property
    def answer(self) -> dict[str, Any]:
        """The answer alone, as the HTTP contract has it, without the fields that it does not have."""
        values = {name: value for name, value in vars(self).items() if name != "features" and value is not None}
        if isinstance(self.prediction, tuple):
            values["prediction"] = list(self.prediction)
        if "target_probabilities" in values:
            values["probabilities"] = values.pop("target_probabilities")
        return values


OUTLIER, INLIER = "outlier", "inlier"
"""What an outlier detection answers."""


def names_all_different(names: Sequence[str]) -> bool:
    """Whether no name is there twice."""
    return len(set(names)) == len(names)


def is_answer_of(example: Example, task: Task, targets: Sequence[Target]) -> bool:
    """Whether the example's prediction is one that a model of this task and these targets could give."""
    predicted, classes = example.prediction, targets[0].classes
    if task == "classification":
        index = example.prediction_index
        return index is not None and 0 <= index < len(classes) and classes[index] == predicted
    if task == "several_targets":
        return (
            isinstance(predicted, dict)
            and list(predicted) == [target.name for target in targets]
            and all(_is_value_of(predicted[target.name], target) for target in targets)
        )
    if task == "multilabel":
        return isinstance(predicted, tuple) and set(predicted) <= set(classes)
    if task == "outlier_detection":
        return predicted in (INLIER, OUTLIER)
    return isinstance(predicted, float) and (task == "regression" or predicted.is_integer())


def _is_value_of(value: float | str, target: Target) -> bool:
    return value in target.classes if target.classes else isinstance(value, float)
