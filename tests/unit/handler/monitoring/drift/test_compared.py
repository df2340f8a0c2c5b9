"""The verdict on a window: what is found, what is not, and what cannot be told."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from handler.monitoring.drift.compared import drift_report
from handler.monitoring.drift.report import Comparison
from handler.monitoring.window import OtherBins, Window
from handler.registry.manifest import DriftRule
from tests.unit.handler.monitoring.drift.windows import empty_window, fitted_to, window_of

ROWS = 2000


def drawn(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def one(then: Any, now: Any, **rule: float) -> Comparison:
    """The comparison of one feature, and nothing else."""
    manifest = fitted_to({"x": then}, drift=DriftRule(**rule) if rule else None)
    return drift_report(manifest, window_of(manifest, {"x": now}), 1).comparisons[0]


def zeros(share: float, rows: int = ROWS, seed: int = 0) -> NDArray[np.float64]:
    """Of which this share are 0, the rest positive."""
    random = drawn(seed)
    return np.where(np.arange(rows) < share * rows, 0.0, random.exponential(1, rows))


def names(**shares: float) -> list[str]:
    return [name for name, share in shares.items() for _ in range(round(share * ROWS))]


def test_a_shift_of_half_a_standard_deviation_is_drift_and_names_the_feature() -> None:
    then = {name: drawn(seed).normal(size=ROWS) for seed, name in enumerate("abc")}
    now = {name: drawn(9 + seed).normal(size=ROWS) + (name == "b") / 2 for seed, name in enumerate("abc")}
    manifest = fitted_to(then)
    report = drift_report(manifest, window_of(manifest, now), 7)
    assert (report.verdict, report.drifted, report.windows, report.rows) == ("drift", ("b",), 7, ROWS)
    assert [each.verdict for each in report.comparisons[:3]] == ["none", "drift", "none"]
    assert report.worst_psi == report.comparisons[1].psi
    assert report.comparisons[1].p_value is not None
    assert report.comparisons[1].p_value < 1e-9


def test_the_bound_shares_alpha_among_all_that_can_alarm() -> None:
    values = drawn(1).normal(size=ROWS)
    alone, with_more = one(values, values), fitted_to(dict.fromkeys("abcd", values), answers=(700, 700, 600, 0))
    said = {"=setosa": 700, "=versicolor": 700, "=virginica": 600}
    report = drift_report(with_more, window_of(with_more, dict.fromkeys("abcd", values), said), 1)
    assert alone.bound == pytest.approx(21.666 * 2 / ROWS, rel=1e-4)
    assert report.comparisons[0].bound == pytest.approx(26.056 * 2 / ROWS, rel=1e-3)


def test_the_same_rows_are_no_drift_and_have_an_index_of_0() -> None:
    found = one(drawn(1).normal(size=ROWS), drawn(1).normal(size=ROWS))
    assert (found.verdict, found.compared_bins) == ("none", 10)
    assert found.psi == pytest.approx(0, abs=1e-9)
    assert found.distance == pytest.approx(0, abs=1e-6)


def test_a_few_rows_out_of_range_are_no_drift_and_are_said_as_a_share() -> None:
    now = drawn(2).normal(size=ROWS)
    now[:4] = 99
    found = one(drawn(1).normal(size=ROWS), now)
    assert (found.verdict, found.compared_bins) == ("none", 10)
    assert found.outside == pytest.approx(4 / ROWS, abs=3 / ROWS)


def test_rows_beyond_the_range_are_drift() -> None:
    now = drawn(2).normal(size=ROWS)
    now[:300] = -99
    found = one(drawn(1).normal(size=ROWS), now)
    assert (found.verdict, found.compared_bins) == ("drift", 11)
    assert found.outside == pytest.approx(300 / ROWS, abs=4 / ROWS)


def test_a_constant_that_becomes_another_constant_is_drift() -> None:
    found = one(np.full(ROWS, 7.0), np.full(60, 8.0))
    assert (found.verdict, found.outside) == ("drift", 1)


def test_a_constant_that_stays_is_none() -> None:
    assert one(np.full(ROWS, 7.0), np.full(ROWS, 7.0)).verdict == "none"


def test_fewer_zeros_are_drift_though_their_index_is_below_the_floor_of_continuous_features() -> None:
    found = one(zeros(0.7), zeros(0.6, seed=1))
    assert found.verdict == "drift"
    assert found.psi is not None
    assert found.psi < 0.1
    assert found.floor == pytest.approx(0.03, abs=0.001)


def test_a_shift_of_the_values_beside_the_zeros_is_drift() -> None:
    then = np.where(zeros(0.7) > 0, drawn(1).normal(10, 1, ROWS), 0)
    now = np.where(zeros(0.7) > 0, drawn(2).normal(10.5, 1, ROWS), 0)
    assert one(then, now).verdict == "drift"


def test_a_little_fewer_zeros_are_below_the_floor_however_many_rows_there_are() -> None:
    found = one(zeros(0.7, 100_000), zeros(0.67, 100_000, seed=1))
    assert found.verdict == "none"
    assert found.bound is not None
    assert found.psi is not None
    assert found.psi > found.bound


def test_nulls_that_come_are_drift() -> None:
    now = drawn(2).normal(size=ROWS)
    now[: ROWS // 5] = np.nan
    found = one(drawn(1).normal(size=ROWS), now)
    assert (found.verdict, found.null, found.compared_bins) == ("drift", 0.2, 11)


def test_a_window_of_nulls_alone_is_drift() -> None:
    assert one(drawn(1).normal(size=ROWS), np.full(50, np.nan)).verdict == "drift"


def test_a_category_that_training_did_not_see_is_drift_and_is_not_named() -> None:
    found = one(names(red=0.6, blue=0.4), names(red=0.5, blue=0.3, secret=0.2))
    assert (found.verdict, found.unknown) == ("drift", 0.2)
    assert "secret" not in str(found)


def test_rare_categories_that_training_missed_by_chance_are_no_drift_and_a_new_one_is() -> None:
    kinds, shares = np.array([f"c{number}" for number in range(200)]), 1 / np.arange(1, 201)
    then, now = (drawn(seed).choice(kinds, 500, p=shares / shares.sum()).tolist() for seed in (1, 2))
    found = one(then, now)
    assert found.verdict == "none"
    assert found.unknown > 0.05
    assert one(then, [*now, *["new"] * 100]).verdict == "drift"


def test_categories_that_change_places_are_drift_and_small_changes_are_not() -> None:
    assert one(names(red=0.6, blue=0.4), names(red=0.4, blue=0.6)).verdict == "drift"
    assert one(names(red=0.6, blue=0.4), names(red=0.58, blue=0.42)).verdict == "none"


def test_booleans_are_compared() -> None:
    assert one([True] * 500 + [False] * 1500, [True] * 1000 + [False] * 1000).verdict == "drift"
    assert one([True] * 500 + [False] * 1500, [False] * 1480 + [True] * 520).verdict == "none"


def test_of_a_text_nulls_alone_are_compared() -> None:
    manifest = fitted_to({"x": [True, False]})
    text = replace(manifest.features[0], kind="text", counts=(ROWS, 0))
    manifest = replace(manifest, features=(text,))
    verdicts = [
        drift_report(manifest, empty_window(manifest, rows=ROWS, features={"x": counts}), 1).comparisons[0].verdict
        for counts in ({"any": ROWS}, {"any": 1500, "null": 500})
    ]
    assert verdicts == ["not_known", "drift"]


def test_few_rows_are_too_little_data_unless_the_shift_is_gross() -> None:
    then = drawn(1).normal(size=ROWS)
    assert one(then, drawn(2).normal(size=20)).verdict == "too_little_data"
    assert one(then, drawn(2).normal(3, size=40)).verdict == "drift"
    assert one(then, drawn(2).normal(size=3)).verdict == "too_little_data"


def test_with_fewer_rows_fewer_bins_are_compared() -> None:
    then, now = drawn(1).normal(size=120), drawn(2).normal(size=1500)
    columns = {str(number): then for number in range(20)}
    manifest = fitted_to(columns)
    found = drift_report(manifest, window_of(manifest, dict.fromkeys(columns, now)), 1).comparisons[0]
    assert found.verdict == "none"
    assert 3 <= found.compared_bins < 10


def test_the_rule_of_the_manifest_counts() -> None:
    then, now = drawn(1).normal(size=ROWS), drawn(2).normal(0.5, size=ROWS)
    assert one(then, now, floor=0.5).verdict == "none"
    assert one(then, drawn(2).normal(0.2, size=ROWS), floor=0.01).verdict == "drift"
    assert one(then, drawn(2).normal(0.2, size=ROWS), floor=0.01, alpha=1e-12).bound > one(then, now).bound  # type: ignore[operator] # both are numbers here


def test_answers_and_confidence_are_compared() -> None:
    values = drawn(1).normal(size=ROWS)
    manifest = fitted_to({"x": values}, answers=(700, 700, 600, 0))
    confidence = (0, 0, 0, 0, 10, 40, 50, 100, 300, 1500)
    manifest = replace(manifest, target=replace(manifest.target, confidence=confidence))
    window = window_of(
        manifest,
        {"x": values},
        {"=setosa": 1600, "=versicolor": 400},
        confidence={"species": {"0.5": 1000, "0.9": 1000}},
    )
    report = drift_report(manifest, window, 1)
    assert report.drifted == ("answers: species", "confidence: species")
    assert [each.compared_bins for each in report.comparisons[1:]] == [3, 6]


def test_no_rows_are_no_traffic() -> None:
    manifest = fitted_to({"x": drawn(1).normal(size=ROWS)})
    report = drift_report(manifest, empty_window(manifest), 0)
    assert report.verdict == "no_traffic"
    assert [each.verdict for each in report.comparisons] == ["no_traffic", "not_known"]
    assert (report.worst_psi, report.began, report.drifted) == (0, None, ())


def test_a_comparison_that_no_traffic_could_decide_does_not_hold_the_verdict_back() -> None:
    values = drawn(1).normal(size=ROWS)
    manifest = fitted_to({"x": values}, answers=(10, 10, 9, 0))
    said = {"=setosa": 700, "=versicolor": 700, "=virginica": 600}
    report = drift_report(manifest, window_of(manifest, {"x": values}, said), 1)
    assert [each.verdict for each in report.comparisons] == ["none", "too_little_data"]
    assert report.verdict == "none"


def test_a_comparison_that_waits_for_rows_holds_the_verdict_back() -> None:
    manifest = fitted_to({name: drawn(1).normal(size=ROWS) for name in "xy"})
    many, few = (window_of(manifest, {name: drawn(2).normal(size=rows)}) for name, rows in (("x", ROWS), ("y", 30)))
    assert drift_report(manifest, many.plus(few), 2).verdict == "too_little_data"


def test_a_window_of_another_version_or_of_other_bins_is_refused() -> None:
    manifest = fitted_to({"x": drawn(1).normal(size=ROWS)})
    for other in (replace(empty_window(manifest), version="20200101T000000Z-00000000"), Window(manifest.version, "0")):
        with pytest.raises(OtherBins, match="cannot be compared"):
            drift_report(manifest, other, 1)
