"""`handler.monitoring.counting`: each value falls into the bin that its definition says, however many there are."""

from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handler.monitoring.counting import FEW, Column, count_feature, count_output
from handler.records.bins import CONFIDENCE, feature_bins, target_bins
from handler.records.signature import Feature, Target
from handler.rows.dtype import typed_column

finite = st.floats(allow_nan=False, allow_infinity=False)
close_by = st.sampled_from([-1.0, -0.0, 0.0, 0.5, 1.0, 2.0, float(np.nextafter(1.0, 2.0)), 1e308])
quantiles = st.lists(close_by | finite, min_size=1, max_size=11).map(sorted).map(tuple)
NUMBER = Feature("x", "number", nullable=True, quantiles=(0.0, 1.0, 2.0))


def definition(value: float, quantiles: tuple[float, ...]) -> str | tuple[str, float]:
    """Where the words say that a number belongs: below, above, a tied value itself, or from one edge to the next."""
    tied = [least for least, most in pairwise(quantiles) if least == most]
    edges = sorted(set(quantiles))
    if value != value:
        return "null"
    if value < edges[0]:
        return "below"
    if value > edges[-1]:
        return "above"
    if value in tied:
        return "tied", value
    if value == edges[-1]:
        return "from", edges[-2] if len(edges) > 1 else value
    return "from", edges[bisect_right(edges, value) - 1]


def near(quantiles: tuple[float, ...]) -> st.SearchStrategy[float]:
    """Numbers among which are the edges and their nearest neighbours."""
    edges = st.sampled_from(quantiles)
    next_to = st.builds(lambda edge, way: float(np.nextafter(edge, way)), edges, st.sampled_from([-1e308, 1e308]))
    return edges | next_to | finite | st.just(float("nan"))


@given(st.data(), quantiles)
@settings(max_examples=60)
def test_numbers_share_a_bin_just_where_the_definition_says(data: st.DataObject, quantiles: tuple[float, ...]) -> None:
    bins = feature_bins(Feature("x", "number", quantiles=quantiles))
    values = data.draw(st.lists(near(quantiles), min_size=1, max_size=12))
    labels = [bins.labels[Column(bins).place(value)] for value in values]
    defined = [definition(value, quantiles) for value in values]
    assert len(set(zip(labels, defined, strict=True))) == len(set(labels)) == len(set(defined))
    for label, where in zip(labels, defined, strict=True):
        assert (label == where) == (label in ("below", "above", "null"))
    ascending = sorted(value for value in values if value == value)
    assert [bins.place(value) for value in ascending] == sorted(bins.place(value) for value in ascending)


COLUMNS: dict[str, tuple[Feature, st.SearchStrategy[Any]]] = {
    "numbers": (NUMBER, st.sampled_from([-1.0, -0.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0, None])),
    "a constant": (Feature("x", "number", quantiles=(3.0,) * 11), st.sampled_from([2.0, 3.0, 4.0])),
    "one quantile": (Feature("x", "number", quantiles=(3.0,)), st.sampled_from([2.0, 3.0, 4.0])),
    "numbers without quantiles": (Feature("x", "number"), st.sampled_from([2.0, None])),
    "categories": (Feature("x", "category", categories=("a", "B"), gap="NaN"), st.sampled_from(["a", "B", "b", None])),
    "categories like numbers": (Feature("x", "category", categories=("1", "1.0")), st.sampled_from(["1", "1.0", "2"])),
    "categories like booleans": (Feature("x", "category", categories=("true", "True")), st.sampled_from(["true"])),
    "codes": (Feature("x", "category", categories=(3, -1)), st.sampled_from([3.0, 3, -1.0, 7.0, None])),
    "codes with NaN": (Feature("x", "category", categories=(3, -1), gap="NaN"), st.sampled_from([3.0, 7.0, None])),
    "booleans": (Feature("x", "boolean"), st.sampled_from([True, False, None])),
    "texts": (Feature("x", "text"), st.sampled_from(["a", "", "null", None])),
    "texts with NaN": (Feature("x", "text", gap="NaN"), st.sampled_from(["a", "any", None])),
}


def named_bin(feature: Feature, value: Any) -> str:
    """The label of a value, as the client sent it, by the words of `handler.records.bins`."""
    if value is None:
        return "null"
    if feature.kind == "category":
        return (
            f"={value:.0f}"
            if feature.is_coded and value in feature.categories
            else (f"={value}" if value in feature.categories else "unknown")
        )
    if feature.kind == "boolean":
        return "=true" if value else "=false"
    if not feature.quantiles:
        return "any"
    if value < feature.quantiles[0]:
        return "below"
    return "above" if value > feature.quantiles[-1] else "within"


@pytest.mark.parametrize("name", COLUMNS)
@given(data=st.data(), many=st.booleans())
@settings(max_examples=12)
def test_columns_are_counted_by_their_labels_be_they_long_or_short(name: str, data: st.DataObject, many: bool) -> None:
    feature, values = COLUMNS[name]
    given_values = data.draw(st.lists(values, max_size=9)) * (FEW if many else 1)
    bins = feature_bins(feature)
    column = typed_column(given_values, feature)
    counts = count_feature(column, bins)
    assert (counts.dtype, counts.shape) == (np.dtype(np.int64), (len(bins.labels),))
    places = [Column(bins).place(value) for value in column.tolist()]
    np.testing.assert_array_equal(counts, np.bincount(places, minlength=len(bins.labels)))
    expected: dict[str, int] = {}
    for value in given_values:
        label = named_bin(feature, value)
        expected[label] = expected.get(label, 0) + 1
    found: dict[str, int] = {}
    for label, count in zip(bins.labels, counts.tolist(), strict=True):
        label = "within" if label.isdecimal() else label
        found[label] = found.get(label, 0) + count
    assert {label: count for label, count in found.items() if count} == expected


@pytest.mark.parametrize("dtype", [np.float64, object])
@pytest.mark.parametrize("rows", [5, 5 * FEW])
def test_a_number_counts_the_same_in_an_array_of_objects(dtype: type[Any], rows: int) -> None:
    values = np.resize(np.array([0.0, 1.5, -2.0, np.nan, 9.0]), rows).astype(dtype)
    counts = dict(zip(feature_bins(NUMBER).labels, count_feature(values, feature_bins(NUMBER)).tolist(), strict=True))
    assert counts == {"below": rows // 5, "1": rows // 5, "2": rows // 5, "above": rows // 5, "null": rows // 5}


@pytest.mark.parametrize("values", [[True, False, True], [np.True_, np.False_, np.True_]])
def test_booleans_of_numpy_are_those_of_python(values: list[Any]) -> None:
    held = np.array(values, dtype=object)
    assert count_feature(held, feature_bins(Feature("x", "boolean"))).tolist() == [2, 1, 0]
    assert count_feature(np.array(values, dtype=np.bool_), feature_bins(Feature("x", "boolean"))).tolist() == [2, 1, 0]


def test_codes_of_numpy_are_those_of_python() -> None:
    bins = feature_bins(Feature("x", "category", categories=(3, 5)))
    assert count_feature(np.array([3, 5, 5, 9]), bins).tolist() == [1, 2, 1, 0]
    assert count_feature(np.array([3.0, 5.0, np.nan, 9.5]), bins).tolist() == [1, 1, 1, 1]


@given(st.lists(st.floats(0, 1), max_size=2 * FEW))
@example([0.1, 0.2, 0.3, 0.7, 0.9, 1.0, 0.0])
@settings(max_examples=40)
def test_the_highest_probability_falls_into_the_tenth_that_its_label_begins(shares: list[float]) -> None:
    counts = count_output(np.array(shares), CONFIDENCE)
    lower = [float(label) for label in CONFIDENCE.labels]
    for place, count in enumerate(counts.tolist()):
        above = lower[place + 1] if place < 9 else 2.0
        assert count == sum(lower[place] <= share < above for share in shares)


@pytest.mark.parametrize("rows", [3, 3 * FEW])
def test_what_is_said_is_counted_in_every_form(rows: int) -> None:
    third = rows // 3
    classes = target_bins("classification", Target("y", ("a", "b", "c")))
    assert count_output(np.resize(np.array([1, 1, 2]), rows), classes).tolist() == [0, 2 * third, third, 0]
    clusters = target_bins("clustering", Target("y", ("0", "1")))
    assert count_output(np.resize(np.array([0, 2, 2]), rows), clusters).tolist() == [third, 0, 2 * third]
    outliers = target_bins("outlier_detection", Target("y"))
    assert count_output(np.resize(np.array([0, 1, 0]), rows), outliers).tolist() == [2 * third, third]
    numbers = target_bins("regression", Target("y", quantiles=(0.0, 1.0)))
    assert count_output(np.resize(np.array([-1.0, 1.0, 1.5]), rows), numbers).tolist() == [third, third, third]
    unknown = target_bins("regression", Target("y"))
    assert count_output(np.resize(np.array([-1.0, 1.0, 1.5]), rows), unknown).tolist() == [rows]
    labels = target_bins("multilabel", Target("y", ("a", "b")))
    has = np.resize(np.array([[True, False], [True, True], [False, False]]), (rows, 2))
    assert count_output(has, labels).tolist() == [2 * third, third, 0]
    assert count_output(np.zeros((0, 2), dtype=np.bool_), labels).tolist() == [0, 0, 0]


def test_latency_edges_ascend() -> None:
    from handler.monitoring.window import LATENCY_LABELS, LATENCY_MILLISECONDS

    assert list(LATENCY_MILLISECONDS) == sorted(set(LATENCY_MILLISECONDS))
    assert LATENCY_LABELS[bisect_left(LATENCY_MILLISECONDS, 1.0)] == "1"
    assert LATENCY_LABELS[bisect_left(LATENCY_MILLISECONDS, 1.01)] == "2"
    assert LATENCY_LABELS[bisect_left(LATENCY_MILLISECONDS, 1e9)] == "more"
