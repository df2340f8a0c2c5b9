"""The chi-squared distribution and test, against scipy's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from handler.monitoring.drift.chi_squared import chi_squared_test, survival, upper_quantile

DEGREES = (1, 2, 3, 4, 5, 9, 10, 11, 30, 99, 199, 1000, 5000)


@pytest.mark.parametrize("degrees", DEGREES)
def test_the_survival_function_is_that_of_scipy(degrees: int) -> None:
    for share in (1e-12, 1e-9, 1e-6, 1e-3, 0.01, 0.05, 0.3, 0.5, 0.7, 0.99):
        value = float(stats.chi2.isf(share, degrees))
        assert survival(value, degrees) == pytest.approx(float(stats.chi2.sf(value, degrees)), rel=1e-8)


@pytest.mark.parametrize("degrees", DEGREES)
def test_the_quantile_is_that_of_scipy(degrees: int) -> None:
    for share in (1e-12, 1e-9, 1e-6, 1e-3, 0.01, 0.05, 0.3, 0.5, 0.7, 0.99):
        assert upper_quantile(share, degrees) == pytest.approx(float(stats.chi2.isf(share, degrees)), rel=1e-8)


@settings(max_examples=60, deadline=None)
@given(value=st.floats(0, 500), degrees=st.integers(1, 300))
def test_the_survival_function_is_that_of_scipy_anywhere(value: float, degrees: int) -> None:
    expected = float(stats.chi2.sf(value, degrees))
    assert survival(value, degrees) == pytest.approx(expected, rel=1e-8, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(counts=arrays(np.int64, st.tuples(st.just(2), st.integers(2, 12)), elements=st.integers(1, 5000)))
def test_the_test_of_two_lists_is_that_of_scipy(counts: np.ndarray) -> None:
    expected = stats.chi2_contingency(counts, correction=False)
    statistic, p_value = chi_squared_test(counts[0].astype(float), counts[1].astype(float))
    assert statistic == pytest.approx(expected.statistic, rel=1e-9, abs=1e-9)
    assert p_value == pytest.approx(expected.pvalue, rel=1e-7, abs=1e-12)


def test_one_bin_is_nothing_to_test() -> None:
    assert chi_squared_test(np.array([30.0]), np.array([50.0])) == (0.0, 1.0)


def test_lists_without_a_bin_in_common_are_told_apart_for_certain() -> None:
    statistic, p_value = chi_squared_test(np.array([5000.0, 0.0]), np.array([0.0, 5000.0]))
    assert statistic == pytest.approx(10000)
    assert p_value == 0
