"""What a fitted model's first steps take of its inputs at all: the values an encoder knows, a function's domain.

Followed are steps that hand a column on as it came: selections of columns, imputers, pipelines, and estimators that
give all their columns to those inside. What is behind a step that computes is not known. `training.package` asks in
the process that loaded the model, so this module imports what Lambda has, and nothing else of `training`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.feature_selection import SelectorMixin
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, TargetEncoder


@dataclass(frozen=True)
class Column:
    """An input of the model, by its place, as a step gets it; `also` is what an imputer before took for a gap."""

    index: int
    also: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Demand:
    """What one step says of a column: the values it knows, and whether it fails on others (`strict`)."""

    column: Column
    values: tuple[Any, ...]
    strict: bool


def known_categories(estimator: Any) -> dict[int, list[str]]:
    """By the place of its column: the texts that encoders know of it, where every encoder of it knows them."""
    found: dict[int, list[str]] = {}
    for demand in demands(estimator):
        texts = [str(value) for value in (*demand.values, *demand.column.also) if isinstance(value, str)]
        before = found.get(demand.column.index)
        if texts:
            found[demand.column.index] = texts if before is None else [text for text in before if text in texts]
    return found


def demands(estimator: Any) -> list[Demand]:
    """All that the first steps of a fitted estimator say of its inputs."""
    width = getattr(estimator, "n_features_in_", None)
    found: list[Demand] = []
    if width is not None:
        _follow(estimator, [Column(index) for index in range(width)], found)
    return found


def _follow(step: Any, columns: Sequence[Column], found: list[Demand]) -> list[Column] | None:
    """Add to `found` what `step` says of `columns`; gives the columns that it hands on, None where it computes."""
    if step is None or step == "passthrough":
        return list(columns)
    if isinstance(step, FunctionTransformer) and step.func is None:
        return list(columns)
    if isinstance(step, str):  # "drop"
        return []
    if isinstance(step, Pipeline):
        return _follow_all(step, columns, found)
    if isinstance(step, ColumnTransformer):
        return _follow_each(step, columns, found)
    if isinstance(step, (OneHotEncoder, OrdinalEncoder, TargetEncoder)):
        strict = getattr(step, "handle_unknown", "") == "error"
        pairs = zip(columns, step.categories_, strict=False)
        found += [Demand(column, tuple(values.tolist()), strict) for column, values in pairs]
        return None
    if isinstance(step, SelectorMixin):
        return [column for column, kept in zip(columns, step.get_support(), strict=False) if kept]
    if isinstance(step, (SimpleImputer, KNNImputer)):
        return _imputed(step, columns)
    for part in _parts(step):
        _follow(part, columns, found)
    return None


def _follow_all(pipeline: Any, columns: Sequence[Column], found: list[Demand]) -> list[Column] | None:
    handed: list[Column] | None = list(columns)
    for _, step in pipeline.steps:
        if handed is None:
            return None
        handed = _follow(step, handed, found)
    return handed


def _follow_each(transformer: Any, columns: Sequence[Column], found: list[Demand]) -> list[Column] | None:
    handed: list[Column] | None = []
    names = [str(name) for name in getattr(transformer, "feature_names_in_", [])]
    for _, step, chosen in transformer.transformers_:
        places = column_places(chosen, len(columns), names)
        given = _follow(step, [columns[place] for place in places], found)
        handed = None if handed is None or given is None else [*handed, *given]
    return handed if transformer.sparse_output_ is False else None


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


def _imputed(imputer: Any, columns: Sequence[Column]) -> list[Column] | None:
    if imputer.add_indicator or (not imputer.keep_empty_features and _has_empty(imputer)):
        return None
    gap = imputer.missing_values
    if gap is None or (isinstance(gap, float) and np.isnan(gap)):
        return list(columns)
    return [replace(column, also=(*column.also, gap)) for column in columns]


def _has_empty(imputer: Any) -> bool:
    """Whether the imputer leaves columns out, of which it saw nothing but gaps."""
    statistics = getattr(imputer, "statistics_", None)
    if statistics is None:
        return True
    return any(value is None or value != value for value in statistics.tolist())


def _parts(step: Any) -> Iterator[Any]:
    """The fitted estimators inside `step` that are given all its columns."""
    if isinstance(step, FeatureUnion):
        yield from (part for _, part in step.transformer_list)
    if isinstance(step, (VotingClassifier, VotingRegressor, StackingClassifier, StackingRegressor)):
        yield from step.estimators_
    if isinstance(step, TransformedTargetRegressor):
        yield step.regressor_
    for calibrated in getattr(step, "calibrated_classifiers_", []):
        yield calibrated.estimator
