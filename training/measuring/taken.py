"""Whether the API takes a row: the same rules as for a request, for rows that never were one."""

from collections.abc import Sequence

import numpy as np

from handler.records.signature import Feature, Value
from handler.rows.domain import outside


def is_taken(row: Sequence[Value], features: Sequence[Feature]) -> bool:
    """Whether it has no gap where training saw none, no category that training never saw (where such are refused), no
    text that is too long, no number outside what the model takes, and nothing of another kind."""
    return all(_is_value_taken(value, feature) for feature, value in zip(features, row, strict=True))


def _is_value_taken(value: Value, feature: Feature) -> bool:
    if value is None:
        return feature.nullable
    if feature.kind == "boolean":
        return isinstance(value, bool)
    if feature.kind == "text":
        return isinstance(value, str) and (feature.max_length is None or len(value) <= feature.max_length)
    if feature.kind == "category":
        if isinstance(value, bool) or isinstance(value, str) is feature.is_coded:
            return False
        return value in feature.categories or feature.allow_unknown
    if isinstance(value, (bool, str)):
        return False
    return feature.domain is None or not outside(feature.domain, np.array([value])).any()
