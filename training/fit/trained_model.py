"""A trained model with all that is known about it, before it becomes files.

Whatever is trained, from whatever data, ends in this one record.
"""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from handler.records.signature import Feature, Target, Task
from handler.registry.manifest import DriftRule
from training.fit.description import DEFAULT_DRIFT, DEFAULT_GATE, GateSpec


@dataclass(frozen=True)
class TrainedModel:
    """An estimator that was fitted, with the rows that were held out to measure it.

    `x_test` has the shape (rows, features), its columns in the order of `features`. For a classification `y_test` holds
    labels of the estimator, whose i-th class is named `target.classes[i]`; for a regression it holds numbers, for the
    other tasks what `training.measuring.answers` says. It is None where the truth is not known. `more_targets` are
    those beside `target`. `fitted_rows` are those of `rows` that were fitted, None where not known. `metric` is the
    scikit-learn scorer that the search and the gate use; `command` is what the person typed.
    """

    name: str
    task: Task
    estimator: Any
    features: tuple[Feature, ...]
    target: Target
    x_test: NDArray[Any]
    y_test: NDArray[Any] | None
    dataset: str
    dataset_sha256: str
    rows: int
    seed: int | None
    metric: str | None = None
    gate: GateSpec = DEFAULT_GATE
    command: str | None = None
    more_targets: tuple[Target, ...] = ()
    fitted_rows: int | None = None
    drift: DriftRule = DEFAULT_DRIFT

    @property
    def targets(self) -> tuple[Target, ...]:
        """All that is predicted."""
        return (self.target, *self.more_targets)
