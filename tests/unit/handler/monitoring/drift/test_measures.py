"""The stability index and the Jensen-Shannon distance."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from scipy.spatial.distance import jensenshannon

from handler.monitoring.drift.distance import shannon_distance
from handler.monitoring.drift.index import largest_by_chance, stability_index

pairs = arrays(np.float64, st.tuples(st.just(2), st.integers(2, 12)), elements=st.integers(0, 5000).map(float)).filter(
    lambda counts: counts.sum(axis=1).all() and counts.sum(axis=0).all()
)


@settings(max_examples=60, deadline=None)
@given(counts=pairs)
def test_the_distance_is_that_of_scipy(counts: np.ndarray) -> None:
    assert shannon_distance(*counts) == pytest.approx(float(jensenshannon(*counts, base=2)), abs=1e-7)


@settings(max_examples=60, deadline=None)
@given(counts=pairs, seed=st.integers(0, 9))
@pytest.mark.parametrize("measure", [stability_index, shannon_distance])
def test_neither_the_order_of_the_lists_nor_of_the_bins_makes_a_difference(
    measure: Callable[[Any, Any], float], counts: np.ndarray, seed: int
) -> None:
    shuffled = counts[:, np.random.default_rng(seed).permutation(counts.shape[1])]
    assert measure(*counts) == pytest.approx(measure(*counts[::-1]), abs=1e-9)
    assert measure(*counts) == pytest.approx(measure(*shuffled), abs=1e-9)
    assert measure(*counts) >= 0


@settings(max_examples=60, deadline=None)
@given(counts=pairs, times=st.integers(1, 50))
def test_equal_shares_have_neither_an_index_nor_a_distance(counts: np.ndarray, times: int) -> None:
    then = counts[0] + counts[1]
    assert stability_index(then, then * times) == pytest.approx(0, abs=1e-9)
    assert shannon_distance(then, then * times) == pytest.approx(0, abs=1e-7)


def test_the_index_is_that_of_the_shares_where_rows_are_many() -> None:
    old, new = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.3, 0.3])
    expected = ((new - old) * np.log(new / old)).sum()
    assert stability_index(old * 1e9, new * 1e9) == pytest.approx(expected, rel=1e-6)


def test_a_bin_that_was_empty_has_a_finite_index_that_grows_with_its_rows() -> None:
    found = [stability_index(np.array([2000.0, 0.0]), np.array([2000.0 - rows, rows])) for rows in (1, 20, 200, 2000)]
    assert 0 < found[0] < 0.01
    assert sorted(found) == found
    assert found[-1] > 10
    assert np.isfinite(found).all()


def test_no_bin_in_common_is_the_distance_1() -> None:
    assert shannon_distance(np.array([7.0, 0.0]), np.array([0.0, 3.0])) == 1


def test_the_bound_is_the_quantile_times_the_two_parts_of_chance() -> None:
    expected = float(stats.chi2.isf(0.001, 9)) * (1 / 2000 + 1 / 500)
    assert largest_by_chance(0.001, 10, 2000, 500) == pytest.approx(expected)
    assert largest_by_chance(0.001, 1, 2000, 500) == largest_by_chance(0.001, 2, 2000, 500)
