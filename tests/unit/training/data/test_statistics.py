"""What the manifest says of the training data is what numpy says of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from training.data.statistics import dataset_sha256, numeric_features

NAMES = ("a", "b", "c")


@pytest.fixture
def rows() -> NDArray[np.float64]:
    return np.random.default_rng(0).normal(10, 5, size=(57, 3))


def test_the_statistics_are_numpys(rows: NDArray[np.float64]) -> None:
    for name, feature, column in zip(NAMES, numeric_features(NAMES, rows), rows.T, strict=True):
        assert (feature.name, feature.kind, feature.nullable) == (name, "number", False)
        assert (feature.minimum, feature.maximum) == (np.min(column), np.max(column))
        assert feature.mean == pytest.approx(np.mean(column), rel=1e-12)
        assert feature.std == pytest.approx(np.std(column), rel=1e-12)
        assert feature.quantiles == pytest.approx([np.percentile(column, 10 * tenth) for tenth in range(11)])
        assert (feature.quantiles[0], feature.quantiles[-1]) == (feature.minimum, feature.maximum)


def test_a_gap_makes_its_feature_nullable_and_counts_in_no_statistic(rows: NDArray[np.float64]) -> None:
    rows[3, 1] = np.nan
    first, second, third = numeric_features(NAMES, rows)
    assert (first.nullable, second.nullable, third.nullable) == (False, True, False)
    assert second.mean == pytest.approx(np.nanmean(rows[:, 1]))
    assert second.std == pytest.approx(np.nanstd(rows[:, 1]))
    assert second.quantiles == pytest.approx(np.nanquantile(rows[:, 1], np.linspace(0, 1, 11)))


def test_a_name_too_few_is_noticed(rows: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="longer"):
        numeric_features(NAMES[:2], rows)


def test_the_numbers_are_plain_python_numbers(rows: NDArray[np.float64]) -> None:
    feature = numeric_features(NAMES, rows)[0]
    values = (feature.minimum, feature.maximum, feature.mean, feature.std, *feature.quantiles)
    assert {type(value) for value in values} == {float}


def test_the_digest_follows_values_order_shape_and_type(rows: NDArray[np.float64]) -> None:
    changed = rows.copy()
    changed[0, 0] += 1e-12
    variants = [(rows,), (changed,), (rows[::-1],), (rows.reshape(3, 57),), (rows.view(np.int64),), (rows, rows)]
    assert len({dataset_sha256(*variant) for variant in variants}) == len(variants)


def test_the_digest_does_not_follow_the_layout_in_memory(rows: NDArray[np.float64]) -> None:
    assert dataset_sha256(np.asfortranarray(rows)) == dataset_sha256(rows)
