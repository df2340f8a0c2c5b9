"""What a model answered where it was fitted: the model as it was loaded, asked with a DataFrame.

Its answers are put in the form of the HTTP contract by the code that serves, so that they can be compared with those of
the rewritten model. Runs in the isolated process.
"""

import contextlib
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sklearn

from handler.engines.fitted_parts import serve_alone
from handler.engines.scikit_learn import FittedEstimator
from handler.registry.manifest import Manifest
from handler.rows.dtype import typed_rows
from handler.serving.predictor import Predictor
from training.bring.frames.rewriting.casts import Types, block_type, observed

if TYPE_CHECKING:
    import pandas as pd


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
    def finite_scores(self, rows: Any) -> Any:  # asked of some rows alone, and the others are served as they are
        import numpy as np

        return np.ones(len(rows), dtype=np.bool_)


def answers_to(
    estimator: Any, frame: "pd.DataFrame", rows: list[list[Any]], manifest: Manifest
) -> list[dict[str, Any]]:
    """The answers of `estimator`, as it was loaded, to `frame`, whose rows a request would have as `rows`.

    Whatever the model raises passes through.
    """
    model = _AskedOnFrame(_OnFrame(estimator, frame))
    return Predictor(manifest, model).predict(typed_rows(rows, manifest.features))


def types_on(estimator: Any, frame: "pd.DataFrame") -> tuple[Types, str]:
    """The type of each block within the model when it is asked `frame`, and that of the frame itself.

    Whatever the model raises passes through.
    """
    with observed(estimator) as types:
        estimator.predict(frame)
    return types, block_type(frame)


@contextlib.contextmanager
def as_fitted(estimator: Any, frame: "pd.DataFrame") -> Iterator[None]:
    """Within, scikit-learn has the settings under which the model answers `frame`: its own, or those of a notebook in
    which every transformer gave DataFrames."""
    serve_alone(estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            estimator.predict(frame)
        except Exception:  # noqa: BLE001 - whatever a model raises
            with sklearn.config_context(transform_output="pandas"):
                yield
            return
        yield
