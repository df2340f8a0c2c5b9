"""What a model that takes arrays knows of each of its columns: its encoders' categories, and what else it does with it.

Runs in the isolated process that loaded the model.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

from handler.engines.fitted_parts import fitted_parts
from training.folder.column_steps import column_places, parts_given_all, steps_met

ENCODERS = (OneHotEncoder, OrdinalEncoder, TargetEncoder)


@dataclass
class Known:
    """One column. `categories` are what every encoder of it knows, without gaps, in order; None where none encodes it.

    `gaps` are the gaps that encoders saw, as they hold them. It `is_computed` with where a step takes its values for
    quantities, and `is_text` where a vectorizer takes them; `takes_unknown` says that no encoder refuses other values,
    `takes_gaps` that an imputer is the first to see it.
    """

    categories: list[Any] | None = None
    gaps: list[Any] = field(default_factory=list)
    takes_unknown: bool = True
    is_computed: bool = False
    is_text: bool = False
    takes_gaps: bool = False


def known_columns(estimator: Any, width: int) -> list[Known]:
    """What `estimator`, which was fitted to `width` columns and chooses by position, knows of each."""
    known = [Known() for _ in range(width)]
    for step, columns in steps_met(estimator):
        if parts_given_all(step) and not _is_boosting(step):
            continue
        for place, column in enumerate(columns):
            if column.index < width:
                _add(known[column.index], step, place)
    for place in _imputed(estimator, width):
        known[place].takes_gaps = True
    return known


def is_gap(value: Any) -> bool:
    """Whether an encoder's category stands for a gap."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _add(known: Known, step: Any, place: int) -> None:
    if isinstance(step, ENCODERS):
        values = step.categories_[place].tolist()
        present = [value for value in values if not is_gap(value)]
        known.gaps += [value for value in values if is_gap(value)]
        before = known.categories
        known.categories = present if before is None else [value for value in before if value in present]
        known.takes_unknown &= getattr(step, "handle_unknown", "ignore") != "error"
    elif isinstance(step, (CountVectorizer, HashingVectorizer)):  # TfidfVectorizer is a CountVectorizer
        known.is_text = True
    elif not (_is_boosting(step) and step.is_categorical_[place]):
        known.is_computed = True


def _is_boosting(step: Any) -> bool:
    """Whether a histogram gradient boosting encodes some of its columns itself."""
    return getattr(step, "_preprocessor", None) is not None and getattr(step, "is_categorical_", None) is not None


def _imputed(estimator: Any, width: int) -> set[int]:
    """The columns that an imputer of gaps is the first step to see, in a branch or at the head of the model."""
    found = set()
    for part in fitted_parts(estimator):
        for _, step, chosen in getattr(part, "transformers_", []):
            if _takes_gaps(_first(step)) and getattr(part, "n_features_in_", None) == width:
                found.update(column_places(chosen, width, ()))
    return found | (set(range(width)) if _takes_gaps(_first(estimator)) else set())


def _first(step: Any) -> Any:
    while hasattr(step, "steps"):
        step = step.steps[0][1]
    return step


def _takes_gaps(step: Any) -> bool:
    return isinstance(step, (SimpleImputer, KNNImputer)) and is_gap(step.missing_values)
