"""The rows that are fitted are counted in the bins of the feature that describes them."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handler.records.bins import NULL, feature_bins, named
from handler.records.signature import Feature
from handler.rows.dtype import typed_column
from tests.unit.training.counts import counts_of
from training.data.dataset import NO_VALUE, CategoryColumn, NumberColumn
from training.data.statistics import with_counts

NUMBERS = st.floats(-1e30, 1e30) | st.sampled_from([0.0, -0.0, 1.0, 2.0, 5e-324])


@settings(max_examples=60)
@given(st.lists(NUMBERS, min_size=1, max_size=30), st.integers(0, 3))
def test_each_number_is_in_the_bin_whose_edges_hold_it_none_is_outside_and_gaps_are_apart(
    present: list[float], gaps: int
) -> None:
    values = np.array([*present, *[np.nan] * gaps])
    feature = NumberColumn("x", values).describe(np.arange(len(values)))
    counts = counts_of(feature)
    assert (counts.pop("below"), counts.pop("above"), counts.pop(NULL)) == (0, 0, gaps)
    edges = pairwise(feature_bins(feature).cuts)
    assert list(counts.values()) == [sum(low <= value < high for value in present) for low, high in edges]
    assert sum(counts.values()) == len(present)


@given(st.lists(st.integers(NO_VALUE, 3), min_size=1, max_size=20).filter(lambda codes: max(codes) > NO_VALUE))
def test_each_category_is_counted_by_its_name_and_none_is_unknown(codes: list[int]) -> None:
    texts = ("null", "true", "a=b", "")
    column = CategoryColumn("plan", np.array(codes, dtype=np.int32), texts)
    counts = counts_of(column.describe(np.arange(len(codes))))
    seen = Counter(NULL if code == NO_VALUE else named(texts[code]) for code in codes)
    assert {label: count for label, count in counts.items() if count} == dict(seen)


def test_the_rows_that_are_not_fitted_are_not_counted() -> None:
    column = NumberColumn("x", np.arange(100, dtype=np.float64))
    assert sum(column.describe(np.arange(0, 100, 3)).counts) == 34


@pytest.mark.parametrize(
    ("feature", "values", "counts"),
    [
        (Feature("x", "boolean", gap="NaN"), [True, None, True, False], (2, 1, 1)),
        (Feature("x", "boolean"), [None], (0, 0, 1)),
        (Feature("x", "text"), ["true", None, "", "nan"], (3, 1)),
        (Feature("x", "category", categories=(3, 1, -2)), [1.0, None, -2.0, 1.0], (0, 2, 1, 0, 1)),
        (Feature("x", "category", categories=(3, 1), gap="NaN"), [3.0, None], (1, 0, 0, 1)),
        (Feature("x", "category", categories=("a", "never here")), ["a"], (1, 0, 0, 0)),
        (Feature("x", "number"), [1.0, None, -5.0], (2, 1)),
    ],
)
def test_what_a_table_holds_of_each_kind_is_counted_as_a_request_is(
    feature: Feature, values: list[object], counts: tuple[int, ...]
) -> None:
    assert with_counts(feature, typed_column(values, feature)).counts == counts  # type: ignore[arg-type] # as JSON has them
