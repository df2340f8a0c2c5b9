"""Rows that the table need not have: a gap in each column that may have one, a category that nobody saw.

Each is a row of the table with one value changed, as a frame of one row. Runs in the isolated process.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from handler.records.signature import Feature, Value

if TYPE_CHECKING:
    import pandas as pd

UNSEEN = "a value that nobody saw"


@dataclass(frozen=True)
class MadeRow:
    """`frame` has one row; `value` is what stands in the column of `place` in a request."""

    place: int
    value: Value
    frame: "pd.DataFrame"


def made_rows(frame: "pd.DataFrame", features: Sequence[Feature]) -> list[MadeRow]:
    """One row for each feature that is nullable and one for each that takes unknown categories."""
    found = []
    for place, feature in enumerate(features):
        if feature.nullable:
            found.append(MadeRow(place, None, _with(frame, feature.name, _gap(feature))))
        if feature.allow_unknown:
            found.append(MadeRow(place, UNSEEN, _with(frame, feature.name, UNSEEN)))
    return found


def without_refused(features: list[Feature], refused: list[MadeRow]) -> list[Feature]:
    """The features, without what the model did not answer: a gap there, or an unknown category."""
    changed = list(features)
    for row in refused:
        before = changed[row.place]
        is_gap = row.value is None
        changed[row.place] = replace(before, nullable=False) if is_gap else replace(before, allow_unknown=False)
    return changed


def _gap(feature: Feature) -> Any:
    return None if feature.gap == "None" and feature.kind != "number" else float("nan")


def _with(frame: "pd.DataFrame", name: str, value: Any) -> "pd.DataFrame":
    """The first row of `frame` with another value for `name`, in a column of the type that could hold it."""
    import pandas as pd

    row = frame.iloc[[0]].copy()
    column = row[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        known = list(column.dtype.categories)
        held: Any = pd.Categorical([value], categories=[*known, value] if isinstance(value, str) else known)
    elif column.dtype.kind in "iu" and isinstance(column.dtype, np.dtype):
        held = np.array([value], dtype=np.float64)
    elif column.dtype.kind == "b" or column.dtype == object:
        held = pd.Series([value], dtype=object, index=row.index)
    else:
        held = pd.Series([value], dtype=column.dtype, index=row.index)
    row[name] = held
    return row
