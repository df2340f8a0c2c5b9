"""How a model's answers become those of the HTTP contract: what all tasks share.

A task asks the model (`ask`), checks that what came is finite and known, and then says it as objects (`plain`) or as
their JSON (`text`), which are the same. How it is proved, and what is done where a model raises, is not known here.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.errors.base import MAX_PROBLEMS, Problem
from handler.errors.model import UnloadableArtifact
from handler.errors.request import NoClass, NoFiniteAnswer
from handler.records.signature import Feature, Target
from handler.rows.ranges import outside_rows


class Output(NamedTuple):
    """What was said of one target, for whoever counts it (`handler.records.bins.target_bins` has the bins).

    `values` of shape (rows,) are whole numbers, the places of bins, or floats; of a multilabel which labels each row
    has, of shape (rows, labels). `highest` is the highest probability of each row, None where there are none.
    """

    values: NDArray[Any]
    highest: NDArray[np.float64] | None = None


class Answers(ABC):
    """The answers of `model`, which takes `features` and predicts `targets`.

    Making one raises UnloadableArtifact where the model cannot have these targets.
    """

    def __init__(self, model: LoadedModel, features: Sequence[Feature], targets: Sequence[Target]) -> None:
        self.model = model
        self.features = features
        self.targets = targets

    @abstractmethod
    def ask(self, rows: NDArray[Any]) -> Any:
        """What the model says of `rows`, of shape (rows, features), all finite, for `plain` and `text`.

        Raises NoFiniteAnswer or NoClass, which name rows, and UnloadableArtifact on an answer of another form; what the
        model raises passes through.
        """

    @abstractmethod
    def plain(self, found: Any) -> list[dict[str, Any]]:
        """The answer to each row, in order, as the HTTP contract has it."""

    @abstractmethod
    def text(self, found: Any) -> str:
        """What json.dumps makes of `plain(found)` without spaces, several times faster where there are many rows."""

    @abstractmethod
    def outputs(self, found: Any) -> tuple[Output, ...]:
        """What was said of each target, in their order, as arrays."""

    def require_finite_scores(self, rows: NDArray[Any]) -> None:
        """Raise NoFiniteAnswer where a model without probabilities decides by scores that overflow."""
        far = np.flatnonzero(outside_rows(rows, self.features))
        if len(far):
            finite = np.ones(len(rows), dtype=np.bool_)
            finite[far] = self.model.finite_scores(rows[far])
            require_finite(finite)


class Labels:
    """The labels of one target, `known` to the model, and the names that they have."""

    def __init__(self, known: Sequence[Any], names: Sequence[str]) -> None:
        _require_classes(list(known), list(names))
        self.names = list(names)
        self._place = {label: place for place, label in enumerate(known)}
        # An array that holds several targets' labels may hold them all as texts.
        self._as_text = {str(label): place for place, label in enumerate(known)}

    def places(self, predicted: NDArray[Any]) -> list[int]:
        """Each label's place among the names; raises NoClass."""
        labels = predicted.ravel().tolist()
        found = list(map(self._place.get, labels))
        if None in found:
            texts = [self._as_text.get(label) if isinstance(label, str) else None for label in labels]
            found = [other if place is None else place for place, other in zip(found, texts, strict=True)]
            require_known([place is not None for place in found], "class", "classes")
        return [place for place in found if place is not None]


def require_finite(finite: NDArray[np.bool_]) -> None:
    """Raise NoFiniteAnswer, naming the rows, unless all of `finite`, of shape (rows,), holds."""
    if not finite.all():
        problems = _problems(np.flatnonzero(~finite).tolist(), "the model's arithmetic overflows")
        raise NoFiniteAnswer(
            f"The model has no finite answer to {counted(problems)}: the values lie too far from what it was trained "
            "on.",
            problems,
        )


def require_known(known: Sequence[bool], one: str, several: str) -> None:
    """Raise NoClass, naming the rows, unless the model's answer to each is `one` of its `several`."""
    if not all(known):
        lost = [row for row, is_known in enumerate(known) if not is_known]
        problems = _problems(lost, f"the model gives this row none of its {several}")
        raise NoClass(
            f"The model has no {one} for {counted(problems)}: it takes them for outliers of what it learnt.", problems
        )


def require_shape(values: NDArray[Any], rows: int, columns: int, what: str, of: str) -> None:
    """Raise UnloadableArtifact unless `values` are `what`, one for each of `columns` named `of` in each row."""
    if values.shape != (rows, columns):
        given = values.shape[1] if values.ndim == 2 and len(values) == rows else values.shape
        raise UnloadableArtifact(f"The model gives {given} {what} for {columns} {of}.")


def counted(problems: Sequence[Problem]) -> str:
    """How many rows have problems, and which is the first."""
    first = f"row {problems[0].row}"
    more = " or more" if len(problems) == MAX_PROBLEMS else ""
    return first if len(problems) == 1 else f"{len(problems)} rows{more}, the first of them {first}"


def filled_object(fields: Mapping[str, str]) -> str:
    """The form of a JSON object, to be filled by `%`: each field's form under its name."""
    return "{" + ",".join(f"{escaped(name)}:{form}" for name, form in fields.items()) + "}"


def escaped(text: str) -> str:
    """`text` as JSON, within a form that is filled by `%`."""
    return json.dumps(text).replace("%", "%%")


def json_list(texts: Iterable[str]) -> str:
    """The JSON list of what are JSON texts already."""
    return "[" + ",".join(texts) + "]"


def _problems(rows: Sequence[int], problem: str) -> tuple[Problem, ...]:
    return tuple(Problem(row, None, problem) for row in rows[:MAX_PROBLEMS])


def _require_classes(labels: list[Any], named: list[str]) -> None:
    """Raise UnloadableArtifact unless the i-th class of the manifest can be the i-th of the model's `labels`."""
    if len(labels) != len(named):
        raise UnloadableArtifact(f"The model has other classes than its manifest names: {labels}, not {named}.")
    if len(set(labels)) != len(labels):
        raise UnloadableArtifact(f"The model has a class twice: its labels are {labels}.")
    if labels != named and sorted(map(str, labels)) == sorted(named) and list(map(str, labels)) != named:
        raise UnloadableArtifact(
            f"The model has its classes in another order than its manifest: {labels}, not {named}."
        )
