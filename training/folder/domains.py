"""The inputs that a fitted model can take at all: the values that its encoders know, the domains of its functions.

What its first steps ask for is known. Where a model may take more than that, nothing is said: a value that it could
answer is never refused. A brought model is asked in the process that loaded it, so this module imports what Lambda has,
and of `training` only `column_steps`.
"""

import math
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectorMixin
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    PowerTransformer,
    SplineTransformer,
    TargetEncoder,
)
from sklearn.utils import get_tags

from handler.records.signature import Domain
from training.folder.column_steps import steps_met

_ENCODERS = (OneHotEncoder, OrdinalEncoder, TargetEncoder)
_MOST = sys.float_info.max

_FUNCTIONS: dict[Any, Domain] = {
    np.log: Domain(exclusive_minimum=0.0),
    np.log2: Domain(exclusive_minimum=0.0),
    np.log10: Domain(exclusive_minimum=0.0),
    np.log1p: Domain(exclusive_minimum=-1.0),
    np.sqrt: Domain(minimum=0.0),
    np.arcsin: Domain(minimum=-1.0, maximum=1.0),
    np.arccos: Domain(minimum=-1.0, maximum=1.0),
    np.arctanh: Domain(exclusive_minimum=-1.0, exclusive_maximum=1.0),
    np.arccosh: Domain(minimum=1.0),
    np.exp: Domain(maximum=math.log(_MOST)),
    np.expm1: Domain(maximum=math.log(_MOST)),
    np.exp2: Domain(exclusive_maximum=1024.0),
    np.sinh: Domain(minimum=-710.0, maximum=710.0),
    np.cosh: Domain(minimum=-710.0, maximum=710.0),
}
"""Where functions of numpy give finite numbers (numpy reference, "Mathematical functions"; sinh and cosh overflow
half a unit later)."""


def known_categories(estimator: Any) -> dict[int, list[str]]:
    """For columns, by their place: the texts that every encoder of the column knows."""
    found: dict[int, list[str]] = {}
    for step, columns in steps_met(estimator):
        if not isinstance(step, _ENCODERS):
            continue
        for column, values in zip(columns, step.categories_, strict=False):
            texts = [value for value in (*values.tolist(), *column.also) if isinstance(value, str)]
            before = found.get(column.index)
            if texts:
                found[column.index] = texts if before is None else [text for text in before if text in texts]
    return found


def domains_of(estimator: Any) -> dict[int, Domain]:
    """For columns, by their place: the numbers that the model can take, where it cannot take every number."""
    found: dict[int, Domain] = {}
    takes_any = _takes_what_is_not_finite(estimator)
    for step, columns in steps_met(estimator):
        if isinstance(step, FunctionTransformer) and takes_any:
            continue
        for place, column in enumerate(columns):
            domain = _domain(step, place, column.also)
            if domain is not None:
                found[column.index] = _both(found.get(column.index, Domain()), domain)
    return found


def _domain(step: Any, place: int, also: Sequence[Any]) -> Domain | None:
    """What `step` takes of the column at `place`; None where it takes everything, or what no `Domain` can say."""
    if isinstance(step, _ENCODERS):
        if getattr(step, "handle_unknown", "") != "error":
            return None
        values = [*step.categories_[place].tolist(), *also]
        numbers = [float(value) for value in values if isinstance(value, (int, float)) and math.isfinite(value)]
        has_texts = any(isinstance(value, str) for value in values)
        return Domain(values=tuple(sorted(set(numbers)))) if numbers and not has_texts else None
    if also:  # taken too, wherever it lies
        return None
    if isinstance(step, FunctionTransformer) and isinstance(step.func, np.ufunc) and not step.kw_args:
        return _FUNCTIONS.get(step.func)
    if isinstance(step, PowerTransformer) and step.method == "box-cox":
        return Domain(exclusive_minimum=0.0)
    if isinstance(step, SplineTransformer) and step.extrapolation == "error":
        spline = step.bsplines_[place]
        return Domain(minimum=float(spline.t[spline.k]), maximum=float(spline.t[-spline.k - 1]))
    if isinstance(step, CategoricalNB):
        return Domain(minimum=0.0, exclusive_maximum=float(step.n_categories_[place]))
    return None


def _both(one: Domain, other: Domain) -> Domain:
    """What lies in both."""
    values = one.values or other.values
    if one.values and other.values:
        # Two encoders that have no value in common would leave nothing; then one of them stands.
        values = tuple(value for value in one.values if value in other.values) or one.values
    return Domain(
        values,
        _tighter(max, one.minimum, other.minimum),
        _tighter(max, one.exclusive_minimum, other.exclusive_minimum),
        _tighter(min, one.maximum, other.maximum),
        _tighter(min, one.exclusive_maximum, other.exclusive_maximum),
    )


def _tighter(choose: Any, one: float | None, other: float | None) -> float | None:
    bounds = [bound for bound in (one, other) if bound is not None]
    return choose(bounds) if bounds else None


def _takes_what_is_not_finite(estimator: Any) -> bool:
    """Whether a step behind a function may take its NaN or infinity: an imputer, or an estimator that allows gaps."""
    return any(
        isinstance(part, (SimpleImputer, KNNImputer, MissingIndicator)) or _predicts_with_gaps(part)
        for part in _steps(estimator)
    )


def _predicts_with_gaps(step: Any) -> bool:
    return callable(getattr(step, "predict", None)) and bool(get_tags(step).input_tags.allow_nan)


def _steps(estimator: Any) -> Iterator[Any]:
    """The steps of pipelines and ColumnTransformers, at whatever depth, but not these themselves."""
    if isinstance(estimator, Pipeline):
        for _, step in estimator.steps:
            yield from _steps(step)
    elif isinstance(estimator, ColumnTransformer):
        for _, step, _ in getattr(estimator, "transformers_", []):
            yield from _steps(step)
    elif isinstance(estimator, BaseEstimator) and not isinstance(estimator, SelectorMixin):
        yield estimator
        for inner in vars(estimator).values():
            if isinstance(inner, BaseEstimator):
                yield from _steps(inner)
            elif isinstance(inner, list):
                yield from (part for item in inner if isinstance(item, BaseEstimator) for part in _steps(item))
