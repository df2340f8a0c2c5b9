"""What a model answered where it was fitted: the model as it was loaded, asked with a DataFrame.

Its answers are put in the form of the HTTP contract by the code that serves, so that they can be compared with those of
the rewritten model. Runs in the isolated process.
"""

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn

from handler.engines.fitted_parts import serve_alone
from handler.engines.scikit_learn import FittedEstimator
from handler.errors.request import RequestError
from handler.records.signature import Example, Feature, Target, Task
from handler.registry.manifest import Manifest, Training
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor
from training.bring.frames.frame_fault import first_fault
from training.bring.frames.rewriting.casts import Types, block_type, observed
from training.bring.frames.table_of_model.made_rows import MadeRow
from training.errors import UnpackableArtifact

if TYPE_CHECKING:
    import pandas as pd

Answers = list[dict[str, Any]]


@dataclass(frozen=True)
class Original:
    """A model as it was loaded, and what it predicts; `table` is what the person calls the table."""

    estimator: Any
    task: Task
    targets: tuple[Target, ...]
    table: str

    def answers(self, frame: "pd.DataFrame", rows: Sequence[Sequence[Any]], features: Sequence[Feature]) -> Answers:
        """The answers to `frame`, whose rows a request would have as `rows`; what the model raises passes through."""
        model = _AskedOnFrame(_OnFrame(self.estimator, frame))
        return Predictor(as_manifest(self.task, features, self.targets), model).predict(typed_rows(rows, features))

    def sound_answers(
        self, frame: "pd.DataFrame", rows: Sequence[Sequence[Any]], features: Sequence[Feature]
    ) -> Answers:
        """The same; raises UnpackableArtifact, with the row, where it does not answer."""
        try:
            return self.answers(frame, rows, features)
        except RequestError as error:
            raise UnpackableArtifact(f"The model has no sound answer to {self.table}. {error}") from error
        except Exception as error:
            raise UnpackableArtifact(_not_answered(self.estimator, frame, self.table, error)) from error

    def answers_to_made(
        self, made: Sequence[MadeRow], base: Sequence[Any], features: Sequence[Feature]
    ) -> tuple[list[tuple[MadeRow, list[Any], dict[str, Any]]], list[MadeRow]]:
        """Each row of `made` that the model answers, with its values and the answer; and the rows that it refuses.

        `base` is the row of the table that they were made of.
        """
        answered, refused = [], []
        for row in made:
            values = [row.value if place == row.place else value for place, value in enumerate(base)]
            try:
                answered.append((row, values, self.answers(row.frame, [values], features)[0]))
            except Exception:  # noqa: BLE001 - whatever a model raises over a gap or a category, it does not take it
                refused.append(row)
        return answered, refused


def types_in(estimator: Any, frame: "pd.DataFrame", table: str) -> tuple[Types, str, Any]:
    """The type of each block within the model when it is asked `frame`, that of the frame itself, and the prediction.

    Raises UnpackableArtifact where it does not answer.
    """
    try:
        with observed(estimator) as types:
            predicted = np.asarray(estimator.predict(frame))
    except Exception as error:
        raise UnpackableArtifact(_not_answered(estimator, frame, table, error)) from error
    return types, block_type(frame), predicted


def _not_answered(estimator: Any, frame: "pd.DataFrame", table: str, error: Exception) -> str:
    raises = f"its predict raises {type(error).__name__}"
    fault = first_fault(estimator.predict, frame)
    if fault is not None:
        return (
            f"The model, as it was loaded, does not answer a row of {table}: {fault} ({raises}). Leave it out, or "
            "correct it."
        )
    return (
        f"The model, as it was loaded, does not answer {table}: {raises}. The table must be what it was fitted to: the "
        "same columns, of the same types. What was changed in a notebook (categories, texts, dates, booleans) a CSV "
        "does not keep: write that frame with frame.to_parquet('table.parquet'), and give it."
    )


@contextlib.contextmanager
def as_fitted(estimator: Any, frame: "pd.DataFrame") -> Iterator[bool]:
    """Within, scikit-learn has the settings under which the model answers `frame`: its own, or those of a notebook in
    which every transformer gave DataFrames, as it says."""
    serve_alone(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not _is_answered(estimator, frame):
            with sklearn.config_context(transform_output="pandas"):
                if _is_answered(estimator, frame):
                    yield True
                    return
        yield False


def _is_answered(estimator: Any, frame: "pd.DataFrame") -> bool:
    try:
        estimator.predict(frame)
    except Exception:  # noqa: BLE001 - whatever a model raises
        return False
    return True


def as_manifest(task: Task, features: Sequence[Feature], targets: Sequence[Target]) -> Manifest:
    """As much of a manifest as answers are made by."""
    training = Training("", "", 0, "", {}, None, None)
    nothing = Example((), 0.0)
    return Manifest(
        "", "", "", task, {}, tuple(features), targets[0], {}, {}, training, nothing, (), tuple(targets[1:])
    )


class _OnFrame:
    """Has an estimator's methods, each of which is given `frame` in place of its rows."""

    def __init__(self, estimator: Any, frame: "pd.DataFrame") -> None:
        self._estimator, self._frame = estimator, frame

    def __getattr__(self, name: str) -> Any:
        held = getattr(self._estimator, name)
        if name.startswith("_") or not callable(held):
            return held
        return lambda _: held(self._frame)


class _AskedOnFrame(FittedEstimator):
    def finite_scores(self, rows: Any) -> Any:
        # Asked of some rows alone, and these are compared with all the others.
        return np.ones(len(rows), dtype=np.bool_)
