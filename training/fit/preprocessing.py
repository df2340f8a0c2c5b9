"""Puts before an estimator what mixed columns and gaps need: a pipeline of scikit-learn's own steps.

The columns are addressed by their position, because the function asks with a plain array. No step is a function or a
class from elsewhere, so that the pipeline loads where there is only scikit-learn.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.utils import get_tags

from handler.rows.dtype import row_dtype
from training.data.dataset import CategoryColumn, Column

ESTIMATOR_STEP = "estimator"
"""The name of the last step, and the prefix of a search's parameters, which are the estimator's."""


def prepared(estimator: Any, columns: Sequence[Column]) -> Pipeline:
    """`estimator` behind the steps that these columns need.

    Numbers are scaled to mean 0 and standard deviation 1, gaps in them filled with the median where the estimator takes
    none. Categories become one column each (a gap or a value never seen: none of them), or places in a list for
    histogram gradient boosting, which splits on categories itself and takes a gap as a gap.
    """
    numbers = [index for index, column in enumerate(columns) if row_dtype([column.kind]) is np.float64]
    categories = [index for index, column in enumerate(columns) if isinstance(column, CategoryColumn)]
    tags = get_tags(estimator).input_tags
    steps: list[tuple[str, Any, list[int]]] = []
    if numbers:
        gaps = any(columns[index].gaps.any() for index in numbers)
        fill = [SimpleImputer(strategy="median")] if gaps and not tags.allow_nan else []
        steps.append(("numbers", make_pipeline(*fill, StandardScaler()), numbers))
    if categories:
        known = [list(columns[index].categories) for index in categories]
        if _splits_on_categories(estimator, known):
            encoder = OrdinalEncoder(categories=known, handle_unknown="use_encoded_value", unknown_value=float("nan"))
            first = len(numbers)
            estimator.set_params(categorical_features=list(range(first, first + len(categories))))
        else:
            encoder = OneHotEncoder(categories=known, handle_unknown="ignore")
        steps.append(("categories", encoder, categories))
    columns_step = ColumnTransformer(steps, sparse_threshold=0.3 if tags.sparse else 0.0)
    return Pipeline([("columns", columns_step), (ESTIMATOR_STEP, estimator)])


def _splits_on_categories(estimator: Any, known: Sequence[Sequence[str]]) -> bool:
    """Histogram gradient boosting does, up to as many as it has bins."""
    return "categorical_features" in estimator.get_params(deep=False) and all(
        len(values) <= estimator.max_bins for values in known
    )
