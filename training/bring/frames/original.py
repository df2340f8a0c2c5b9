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
        except Exception:
            for number in range(len(frame)):
                try:
                    self.answers(frame.iloc[[number]], [rows[number]], features)
                except Exception as alone:
                    raise UnpackableArtifact(
                        f"The model, as it was loaded, does not answer row {number} of {self.table}: it raises "
                        f"{type(alone).__name__}. Leave the row out, or correct it."
                    ) from alone
            raise

    def types(self, frame: "pd.DataFrame") -> tuple[Types, str]:
        """The type of each block within the model when it is asked `frame`, and that of the frame itself.

        Raises UnpackableArtifact where it does not answer.
        """
        try:
            with observed(self.estimator) as types:
                self.estimator.predict(frame)
        except Exception as error:
            raise UnpackableArtifact(
                f"The model, as it was loaded, does not answer {self.table}: its predict raises "
                f"{type(error).__name__}. The table must be what it was fitted to: the same columns, of the same "
                "types. What was changed in a notebook (categories, texts, dates, booleans) a CSV does not keep: "
                "write that frame with frame.to_parquet('table.parquet'), and give it."
            ) from error
        return types, block_type(frame)

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

    @contextlib.contextmanager
    def as_fitted(self, frame: "pd.DataFrame") -> Iterator[bool]:
        """Within, scikit-learn has the settings under which the model answers `frame`: its own, or those of a notebook
        in which every transformer gave DataFrames, as it says."""
        serve_alone(self.estimator)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.estimator.predict(frame)
            except Exception:  # noqa: BLE001 - whatever a model raises
                with sklearn.config_context(transform_output="pandas"):
                    yield True
                return
            yield False


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
