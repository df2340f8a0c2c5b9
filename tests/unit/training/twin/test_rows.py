"""The rows that a twin is asked are rows that the API takes, and hold all that a feature may hold."""

import numpy as np
import pytest

from handler.records.signature import Domain, Feature
from training.errors import NoTwin
from training.measuring.taken import places_taken
from training.twin.asked.values import UNSEEN, drawn_columns

QUANTILES = tuple(np.linspace(0, 1, 11) ** 4 * 100)
NUMBER = Feature("age", "number", True, minimum=0.0, maximum=100.0, quantiles=QUANTILES)
FEATURES = (
    NUMBER,
    Feature("plan", "category", True, categories=("basic", "plus", "pro"), allow_unknown=True),
    Feature("region", "category", categories=("north", "süd")),
    Feature("code", "category", categories=(10, 20, 30), allow_unknown=True),
    Feature("floor", "category", categories=(-1, 0, 1)),
    Feature("autopay", "boolean", True),
    Feature("note", "text", max_length=12),
    Feature("share", "number", minimum=-1.0, maximum=1.0, domain=Domain(exclusive_minimum=0.0)),
    Feature("size", "number", minimum=1.0, maximum=3.0, domain=Domain(values=(1.0, 2.0, 3.0))),
)
COLUMNS = drawn_columns(FEATURES, lambda _: ["late again", "paid in time"], 2000, seed=0)


def column(name: str) -> list[object]:
    return list(COLUMNS[[feature.name for feature in FEATURES].index(name)])


def test_the_api_takes_every_drawn_row() -> None:
    rows = list(zip(*COLUMNS, strict=True))
    assert len(places_taken(rows, FEATURES)) == len(rows) == 2000


def test_gaps_are_drawn_where_they_are_taken_and_nowhere_else() -> None:
    with_gaps = {feature.name for feature, values in zip(FEATURES, COLUMNS, strict=True) if None in values}
    assert with_gaps == {feature.name for feature in FEATURES if feature.nullable}
    assert 50 < column("age").count(None) < 150


def test_unseen_categories_are_drawn_where_they_are_taken_and_nowhere_else() -> None:
    for feature, values in zip(FEATURES, COLUMNS, strict=True):
        if feature.kind == "category":
            unseen = set(values) - set(feature.categories) - {None}
            assert bool(unseen) == feature.allow_unknown, feature.name
    assert set(column("code")) == {10, 20, 30, 9, 31}
    assert {*UNSEEN} <= set(column("plan"))


def test_every_category_is_drawn_as_often_as_another() -> None:
    counts = [column("region").count(value) for value in ("north", "süd")]
    assert counts == [1000, 1000]


def test_numbers_reach_from_end_to_end_and_lie_evenly_as_well_as_by_quantiles() -> None:
    values = np.array([value for value in column("age") if value is not None], dtype=float)
    assert (values.min(), values.max()) == (0, 100)
    assert 0.15 < np.mean(values > 60) < 0.35  # of the even half 0.4, of the other 0.1
    assert {*column("size")} == {1.0, 2.0, 3.0}


def test_texts_are_known_ones_mixed_ones_and_ones_never_seen() -> None:
    texts = set(column("note"))
    assert {"late again", "paid in time", "", "LATE AGAIN"} <= texts
    assert len(texts) > 10
    assert max(map(len, texts)) <= 12  # type: ignore[arg-type] # all are texts


def test_the_same_seed_draws_the_same_rows_and_another_seed_others() -> None:
    again, other = (drawn_columns(FEATURES, lambda _: ["late again", "paid in time"], 2000, seed) for seed in (0, 1))
    assert again == COLUMNS
    assert other != COLUMNS


def test_a_number_of_unknown_range_cannot_be_drawn() -> None:
    with pytest.raises(NoTwin, match=r"not known.*--table"):
        drawn_columns([Feature("age", "number")], lambda _: [], 10, seed=0)


def test_a_domain_that_leaves_nothing_of_the_range_is_said() -> None:
    feature = Feature("age", "number", minimum=0.0, maximum=1.0, domain=Domain(minimum=5.0))
    with pytest.raises(NoTwin, match="'age'"):
        drawn_columns([feature], lambda _: [], 10, seed=0)


def test_the_whole_range_of_a_float_is_drawn_without_an_overflow() -> None:
    feature = Feature("x", "number", minimum=-3e38, maximum=3e38)
    [values] = drawn_columns([feature], lambda _: [], 100, seed=0)
    assert np.isfinite(np.array(values, dtype=float)).all()
