"""What is compared where a manifest has no counts: numbers, by their quantiles."""

from dataclasses import replace

import numpy as np
import pytest

from handler.monitoring.drift.compared import drift_report
from handler.monitoring.window import Window
from handler.registry.manifest import Manifest
from tests.unit.handler.monitoring.drift.windows import fitted_to, older_manifest, window_of

ROWS = 2000


def drawn(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    "file",
    [
        "format_1/iris.json",
        "format_1/churn.json",
        "format_2/diabetes.json",
        "format_3/targets.json",
        "format_4/twin.json",
    ],
)
def test_an_older_manifest_gives_a_report_of_its_numbers(file: str) -> None:
    manifest = older_manifest(file)
    report = drift_report(manifest, _like_the_quantiles(manifest), 1)
    for feature, found in zip(manifest.features, report.comparisons, strict=False):
        if feature.quantiles:
            assert found.approximate
            assert found.verdict in ("none", "too_little_data") or found.compared_bins == 1
        else:
            assert (found.verdict, found.approximate, found.psi) == ("not_known", False, None)
    assert {each.verdict for each in report.comparisons[len(manifest.features) :]} == {"not_known"}
    assert report.document()["worst_psi"] == report.worst_psi < 0.1


def test_an_older_manifest_of_continuous_values_finds_a_shift() -> None:
    exact = fitted_to({"x": drawn(1).normal(size=ROWS)})
    older = replace(exact, features=(replace(exact.features[0], counts=()),))
    found = drift_report(older, window_of(older, {"x": drawn(2).normal(0.7, size=ROWS)}), 1).comparisons[0]
    assert (found.verdict, found.approximate, found.compared_bins) == ("drift", True, 10)
    assert found.floor == 0.2


def test_an_older_manifest_takes_no_part_of_a_tie_for_drift() -> None:
    for rate in (0.4, 1, 3, 9, 40):
        exact = fitted_to({"x": drawn(1).poisson(rate, ROWS).astype(float)})
        older = replace(exact, features=(replace(exact.features[0], counts=()),))
        found = drift_report(older, window_of(older, {"x": drawn(2).poisson(rate, ROWS).astype(float)}), 1)
        assert found.verdict in ("none", "not_known"), rate


def _like_the_quantiles(manifest: Manifest) -> Window:
    """Rows that lie between the quantiles as training's did."""
    columns = {
        feature.name: np.quantile(feature.quantiles, (np.arange(ROWS) + 0.5) / ROWS)
        for feature in manifest.features
        if feature.quantiles
    }
    return window_of(manifest, columns)
