"""Compares a model and its twin on the same rows, both as they are served.

The bounds are fixed, and no option changes them: a twin that is outside of them is none.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from handler.engines.base import LoadedModel
from handler.engines.scikit_learn import FittedEstimator
from handler.records.signature import Target, Task
from training.twin.compared.margins import margins_of, pairs_of, scale_of
from training.twin.compared.said import Said, said_by

Found = TypeVar("Found")

BOUND = 1e-5
"""The most that a probability may differ by; another number by so much of its spread. A sum of a hundred 32-bit numbers
is off by some 1e-6 (float32 has 24 bits), and what a person reads off a probability is four digits at most."""

NEAR_A_TIE = 2 * BOUND
"""A label may be another one where the margin is not larger: each of the two largest numbers may be off by BOUND."""


@dataclass(frozen=True)
class Differences:
    """What was found on `rows`: the largest difference, in the units of the bound, and what it is of.

    `outside` rows are outside of the bounds; of the others `near_a_tie` have another label.
    """

    rows: int = 0
    largest: float = 0.0
    what: str = ""
    outside: int = 0
    near_a_tie: int = 0

    def __add__(self, other: "Differences") -> "Differences":
        larger = other if other.largest > self.largest else self
        return Differences(
            self.rows + other.rows,
            larger.largest,
            larger.what,
            self.outside + other.outside,
            self.near_a_tie + other.near_a_tie,
        )


@dataclass(frozen=True)
class Expected:
    """What the model says of `rows`; of each label its margin, in the units of the bound, and whether the numbers of a
    row may jump, because a vote that they count is near a tie."""

    rows: NDArray[Any]
    said: Said
    margins: NDArray[np.float64]
    may_jump: NDArray[np.bool_]


class Comparison:
    """Compares twins with `model`; `rows`, of shape (rows, features), tell the spread of what has no other."""

    def __init__(self, model: FittedEstimator, task: Task, targets: Sequence[Target], rows: NDArray[Any]) -> None:
        self.model, self.task, self.targets = model, task, targets
        said = quietly(lambda: said_by(model, rows, task, targets))
        self.scales = {name: _scale(name, values, task, targets) for name, values in said.numbers.items()}
        self.margin_scale = quietly(lambda: scale_of(model, rows, task))

    def expected(self, rows: NDArray[Any]) -> Expected:
        """What the model says of `rows`; what it raises passes through."""
        return quietly(lambda: self._expected(rows))

    def _expected(self, rows: NDArray[Any]) -> Expected:
        said = said_by(self.model, rows, self.task, self.targets)
        margins = margins_of(self.model, rows, said, self.task, self.targets)
        scale = self.margin_scale
        if scale is None:
            scale = max((self.scales[name] for name in ("scores", "score") if name in said.numbers), default=1.0)
        margins = margins / scale
        may_jump = np.zeros(len(rows), dtype=np.bool_)
        if "scores" in said.numbers and pairs_of(self.model.estimator, rows[:1]) is not None:
            may_jump = margins.min(axis=1) <= NEAR_A_TIE
        return Expected(rows, said, margins, may_jump)

    def differences(self, expected: Expected, twin: LoadedModel) -> Differences:
        """How `twin` differs from it on the same rows; what the twin raises passes through."""
        rows, wanted = expected.rows, expected.said
        said = quietly(lambda: said_by(twin, rows, self.task, self.targets))
        largest, what = 0.0, ""
        outside = np.zeros(len(rows), dtype=np.bool_)
        forms = [{name: values.shape for name, values in one.numbers.items()} for one in (said, wanted)]
        if forms[0] != forms[1] or said.labels.shape != wanted.labels.shape:
            given, needed = (", ".join(one.numbers) or "no numbers" for one in (said, wanted))
            return Differences(len(rows), np.inf, f"it gives {given}, and the model {needed}", len(rows))
        for name, values in wanted.numbers.items():
            far = _apart(values, said.numbers[name]) / self.scales[name]
            far = np.where(expected.may_jump, 0.0, far.max(axis=1, initial=0.0))
            outside |= far > BOUND
            if far.max(initial=0.0) > largest:
                largest, what = float(far.max()), name if far.max() < np.inf else f"{name} that are no numbers"
        other = said.labels != wanted.labels
        wrong = (other & ~(expected.margins <= NEAR_A_TIE)).any(axis=1)
        outside |= wrong
        near_a_tie = int((other.any(axis=1) & ~outside).sum())
        return Differences(len(rows), largest, what, int(outside.sum()), near_a_tie)


def quietly(ask: Callable[[], Found]) -> Found:
    """What `ask` gives, without what libraries warn of, as the function asks."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ask()


def _scale(name: str, values: NDArray[np.float64], task: Task, targets: Sequence[Target]) -> float:
    """What a number's differences are counted in: 1 of a probability, a target's spread, or that of the values here."""
    spreads = {"prediction": targets[0].spread} if task == "regression" else {}
    if task == "several_targets":
        spreads = {target.name: target.spread for target in targets if not target.classes}
    if name not in spreads and name.startswith("probabilities"):
        return 1.0
    finite = values[np.isfinite(values)]
    if spreads.get(name) or not len(finite):
        return spreads.get(name) or 1.0
    return float(np.std(finite)) or float(np.abs(finite).max()) or 1.0


def _apart(values: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far two numbers are apart; not at all where both are the same infinity or none is a number."""
    with np.errstate(invalid="ignore"):
        far = np.abs(values - others)
    same = (values == others) | (np.isnan(values) & np.isnan(others))
    return np.where(same, 0.0, np.where(np.isnan(far), np.inf, far))
