"""`handler.rows.ranges`: what lies outside training is told, the first of it in order, and counted in full."""

import warnings

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from handler.errors.base import MAX_PROBLEMS
from handler.records.signature import Feature
from handler.rows.ranges import outside_training

FEATURES = (
    Feature("a", "number", minimum=0.0, maximum=1.0),
    Feature("unknown", "number"),
    Feature("b", "number", nullable=True, minimum=-2.5, maximum=-2.5),
)
MIXED = (Feature("colour", "category", categories=("red",)), *FEATURES)

values = st.floats(-4, 2) | st.just(float("nan")) | st.sampled_from([0.0, -0.0, 1.0, -2.5])
rows = st.lists(st.tuples(values, values, values), min_size=1, max_size=30)


@given(rows)
def test_just_the_values_beyond_what_training_saw_are_told_in_the_order_of_rows_and_features(
    batch: list[tuple[float, float, float]],
) -> None:
    expected = [
        (index, feature.name)
        for index, row in enumerate(batch)
        for feature, value in zip(FEATURES, row, strict=True)
        if feature.minimum is not None
        and feature.maximum is not None
        and (value < feature.minimum or value > feature.maximum)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = outside_training(np.array(batch), FEATURES)
    assert [(problem.row, problem.feature) for problem in told.problems] == expected[:MAX_PROBLEMS]
    assert sum(told.counts.values()) == len(expected)
    assert told.counts == {name: count for name in "ab" if (count := sum(name == at for _, at in expected))}


@given(rows)
def test_categories_beside_the_numbers_change_nothing_but_the_array(batch: list[tuple[float, float, float]]) -> None:
    mixed = np.empty((len(batch), 4), dtype=object)
    mixed[:] = [["red", *row] for row in batch]
    assert outside_training(mixed, MIXED) == outside_training(np.array(batch), FEATURES)


def test_a_value_is_told_with_the_end_that_it_passed() -> None:
    below, above = outside_training(np.array([[-0.5, 0, -2.5], [1.5, 0, np.nan]]), FEATURES).problems
    assert below.problem == "-0.5 is below 0, the least that training saw"
    assert above.problem == "1.5 is above 1, the most that training saw"


def test_the_ends_themselves_were_seen() -> None:
    assert outside_training(np.array([[0.0, 9e9, -2.5], [1.0, -9e9, -2.5]]), FEATURES).problems == ()


def test_where_training_saw_no_numbers_nothing_lies_outside() -> None:
    assert outside_training(np.array([["blue"]], dtype=object), MIXED[:1]).problems == ()
