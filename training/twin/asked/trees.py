"""Finds the thresholds of all trees within a fitted estimator, and how a row of the model reaches each of them.

It knows how scikit-learn's pipelines and ensembles hand rows on. Where an estimator hands on something else than is
known here, its thresholds are found in vain: no row crosses them, which is counted.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Step = Callable[[NDArray[Any]], Any]
Path = tuple[Step, ...]
"""What happens to rows before they reach a tree, in turn; nothing where it gets them as they are."""

HELD = ("estimators_", "final_estimator_", "calibrated_classifiers_", "estimator_", "best_estimator_", "regressor_")
"""The attributes in which estimators hold fitted ones, which get the rows that they get themselves."""

ALSO_HELD = ("estimator", "init_")
"""The same, where a fitted one may stand: what is not fitted has no thresholds."""


@dataclass(frozen=True)
class Thresholds:
    """`values[i]` is compared with what column `columns[i]` holds after `path`, both of shape (thresholds,).

    A tree of scikit-learn looks at a 32-bit float (`is_single`), histogram gradient boosting at a 64-bit one.
    """

    path: Path
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    is_single: bool

    def inner(self, rows: NDArray[Any]) -> Any:
        """`rows`, of shape (rows, features), as the tree gets them; what a step raises passes through."""
        for step in self.path:
            rows = step(rows)
        return rows


def thresholds_in(estimator: Any) -> list[Thresholds]:
    """All thresholds in `estimator`, each once, together where rows reach them on the same path."""
    together: dict[tuple[Path, bool], list[Thresholds]] = {}
    for found in _found(estimator, ()):
        together.setdefault((found.path, found.is_single), []).append(found)
    return [_once(of_path) for of_path in together.values()]


def _once(found: Sequence[Thresholds]) -> Thresholds:
    pairs = np.column_stack(
        [np.concatenate([one.columns for one in found]), np.concatenate([one.values for one in found])]
    )
    pairs = np.unique(pairs[np.isfinite(pairs[:, 1])], axis=0)
    return Thresholds(found[0].path, pairs[:, 0].astype(np.int64), pairs[:, 1], found[0].is_single)


def _found(estimator: Any, path: Path) -> Iterator[Thresholds]:
    if hasattr(estimator, "tree_"):
        tree = estimator.tree_
        inner = tree.feature >= 0
        yield Thresholds(path, tree.feature[inner].astype(np.int64), tree.threshold[inner], True)
    elif hasattr(estimator, "_predictors"):
        yield from _of_histograms(estimator, path)
    elif hasattr(estimator, "steps"):
        for _, step in estimator.steps:
            yield from _found(step, path)
            if hasattr(step, "transform"):
                path = (*path, step.transform)
    elif hasattr(estimator, "support_") and hasattr(estimator, "estimator_"):
        yield from _found(estimator.estimator_, (*path, _Chosen(estimator.support_)))
    elif hasattr(estimator, "predict"):
        yield from _within(estimator, path)


def _within(estimator: Any, path: Path) -> Iterator[Thresholds]:
    chosen = getattr(estimator, "estimators_features_", None)
    if chosen is not None:
        all_columns = np.arange(getattr(estimator, "n_features_in_", 0))
        for part, columns in zip(estimator.estimators_, chosen, strict=True):
            is_whole = np.array_equal(columns, all_columns)
            yield from _found(part, path if is_whole else (*path, _Chosen(columns)))
        return
    for name in (*HELD, *ALSO_HELD):
        on_answers = name == "final_estimator_"
        for part in _parts(getattr(estimator, name, None)):
            yield from _found(part, (*path, estimator.transform) if on_answers else path)


def _parts(held: Any) -> Iterator[Any]:
    if isinstance(held, np.ndarray):
        yield from held.ravel()
    elif isinstance(held, (list, tuple)):
        for part in held:
            yield from _parts(part)
    elif hasattr(held, "estimator") and not hasattr(held, "fit"):
        yield held.estimator  # one of a calibrated classifier's
    elif held is not None and not isinstance(held, str):
        yield held


def _of_histograms(estimator: Any, path: Path) -> Iterator[Thresholds]:
    if getattr(estimator, "_preprocessor", None) is not None:  # it puts categories first
        path = (*path, estimator._preprocessor.transform)
    nodes = np.concatenate([predictor.nodes for turn in estimator._predictors for predictor in turn])
    compared = nodes[(nodes["is_leaf"] == 0) & (nodes["is_categorical"] == 0)]
    yield Thresholds(path, compared["feature_idx"].astype(np.int64), compared["num_threshold"], False)


@dataclass(frozen=True)
class _Chosen:
    """A step that takes some columns, by their places or a mask; two of the same places are the same step."""

    columns: Any

    def __call__(self, rows: NDArray[Any]) -> Any:
        return rows[:, self.columns]

    def __hash__(self) -> int:
        return hash(np.asarray(self.columns).tobytes())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Chosen) and np.array_equal(self.columns, other.columns)
