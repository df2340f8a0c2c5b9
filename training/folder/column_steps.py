"""Follows a fitted model's inputs through its first steps, as far as they hand a column on as it came.

Selections of columns, imputers and pipelines do, and estimators that give all their columns to those inside. What is
behind a step that computes is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.feature_selection import SelectorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer


@dataclass(frozen=True)
class Column:
    """An input of the model, by its place, as a step gets it; `also` is what an imputer before took for a gap."""

    index: int
    also: tuple[Any, ...] = ()


Met = tuple[Any, list[Column]]
"""A step that computes, or predicts, and the inputs of the model that it is given as they came."""


def steps_met(estimator: Any) -> list[Met]:
    """The first steps of a fitted estimator that do more than hand columns on."""
    width = getattr(estimator, "n_features_in_", None)
    met: list[Met] = []
    if width is not None:
        _follow(estimator, [Column(index) for index in range(width)], met)
    return met


def column_places(chosen: Any, width: int, names: Sequence[str]) -> list[int]:
    """The places that a ColumnTransformer's choice of columns means, of `width` columns with these names, if any."""
    if isinstance(chosen, slice):
        start, stop = (names.index(end) if end in names else end for end in (chosen.start, chosen.stop))
        # A slice by names includes its end.
        return list(range(width)[slice(start, stop + 1 if isinstance(chosen.stop, str) else stop, chosen.step)])
    listed = list(chosen) if isinstance(chosen, (list, tuple, np.ndarray)) else [chosen]
    if listed and all(isinstance(item, (bool, np.bool_)) for item in listed):
        return [place for place, kept in enumerate(listed) if kept]
    places = [names.index(item) if isinstance(item, str) and item in names else item for item in listed]
    return [range(width)[place] for place in places if isinstance(place, (int, np.integer)) and -width <= place < width]


def _follow(step: Any, columns: Sequence[Column], met: list[Met]) -> list[Column] | None:
    """Add to `met` what `step` is or holds; returns the columns that it hands on, None where it computes."""
    if step is None or (isinstance(step, str) and step == "passthrough"):
        return list(columns)
    if isinstance(step, FunctionTransformer) and step.func is None:
        return list(columns)
    if isinstance(step, str):  # "drop"
        return []
    if isinstance(step, Pipeline):
        return _follow_all(step, columns, met)
    if isinstance(step, ColumnTransformer):
        return _follow_each(step, columns, met)
    if isinstance(step, SelectorMixin):
        return [column for column, kept in zip(columns, step.get_support(), strict=False) if kept]
    if isinstance(step, (SimpleImputer, KNNImputer)):
        return _imputed(step, columns)
    met.append((step, list(columns)))
    for part in parts_given_all(step):
        _follow(part, columns, met)
    return None


def _follow_all(pipeline: Any, columns: Sequence[Column], met: list[Met]) -> list[Column] | None:
    handed: list[Column] | None = list(columns)
    for _, step in pipeline.steps:
        if handed is None:
            return None
        handed = _follow(step, handed, met)
    return handed


def _follow_each(transformer: Any, columns: Sequence[Column], met: list[Met]) -> list[Column] | None:
    handed: list[Column] | None = []
    names = [str(name) for name in getattr(transformer, "feature_names_in_", [])]
    for _, step, chosen in transformer.transformers_:
        places = column_places(chosen, len(columns), names)
        given = _follow(step, [columns[place] for place in places], met)
        handed = None if handed is None or given is None else [*handed, *given]
    return handed


def _imputed(imputer: Any, columns: Sequence[Column]) -> list[Column] | None:
    if imputer.add_indicator or (not imputer.keep_empty_features and _has_empty(imputer)):
        return None
    gap = imputer.missing_values
    if gap is None or (isinstance(gap, float) and np.isnan(gap)):
        return list(columns)
    return [replace(column, also=(*column.also, gap)) for column in columns]


def _has_empty(imputer: Any) -> bool:
    """Whether the imputer leaves columns out, of which it saw nothing but gaps; True where it does not say."""
    statistics = getattr(imputer, "statistics_", None)
    if statistics is None:
        return True
    return any(value is None or value != value for value in statistics.tolist())


def parts_given_all(step: Any) -> list[Any]:
    """The fitted estimators inside `step` that are given all its columns, as they came."""
    found: list[Any] = []
    if isinstance(step, FeatureUnion):
        found += [part for _, part in step.transformer_list]
    if isinstance(step, _SEVERAL):
        found += step.estimators_
    # Histogram gradient boosting has an encoder of its own for categories.
    for name in ("regressor_", "best_estimator_", "estimator_", "_preprocessor"):
        part = getattr(step, name, None)
        if isinstance(part, BaseEstimator):
            found.append(part)
    found += [calibrated.estimator for calibrated in getattr(step, "calibrated_classifiers_", [])]
    if isinstance(step, FrozenEstimator):
        found.append(step.estimator)
    return found


_SEVERAL = (
    VotingClassifier,
    VotingRegressor,
    StackingClassifier,
    StackingRegressor,
    MultiOutputClassifier,
    MultiOutputRegressor,
    OneVsRestClassifier,
    OneVsOneClassifier,
)
