"""Shows how often windows alarm that did not drift, and how often a drift is found: by drawing rows, many times.

    python -m bench.drift.simulation [--windows N] [--json]

Each window has a training set of its own: FEATURES columns are drawn, their quantiles and counts are taken as training
does, a window is drawn from the same distributions, and the real report says its verdict. Then one column of the window
is drawn anew with the drift of the case. Beside it stand fixed limits of the same index over the deciles. The numbers
are drawn by SEED, so that each run prints the same table.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np

from bench.drift.draws import Column, Draw, categories, gaps, lognormal, normal, rare, uniform, whole, zeros
from handler.monitoring.counting import count_feature
from handler.monitoring.drift.compared import drift_report
from handler.monitoring.drift.index import stability_index
from handler.monitoring.drift.reference import Reference, references
from handler.monitoring.drift.report import DriftReport
from handler.monitoring.window import Window
from handler.records.bins import bins_digest, feature_bins, target_bins
from handler.records.signature import Example, Feature, Target
from handler.registry.manifest import ArtifactFile, Manifest, Training

SEED = 17
FEATURES = 10
FIXED = (0.1, 0.25)
"""Limits of the index that are in wide use."""

FIRST_WINDOWS, WINDOWS = 1000, 200
"""How many windows are drawn of the first case, whose figures are promised, and of each other one."""


@dataclass(frozen=True)
class Case:
    """What each feature is drawn from, and how many rows training and a window have."""

    title: str
    drift: str
    draw: Draw
    fitted: int = 2000
    rows: int = 2000
    older: bool = False


@dataclass(frozen=True)
class Shares:
    """Of so many windows, the shares that alarm: `alarmed` without a drift, `found` with one in one feature.

    `fixed` has the same two for each of FIXED; `too_little` are windows without a drift that are too little data.
    """

    windows: int
    alarmed: float
    found: float
    too_little: float
    fixed: dict[str, tuple[float, float]]


def simulate(case: Case, windows: int, drifted: int, seed: int = SEED) -> Shares:
    """The shares of `windows` that alarm, and of the first `drifted` of them once one feature drifted."""
    random = np.random.default_rng(seed)
    reports: list[tuple[DriftReport, list[float]]] = []
    found: list[tuple[DriftReport, list[float]]] = []
    for number in range(windows):
        manifest = _fitted(case, random)
        columns = [case.draw(random, case.rows, False) for _ in manifest.features]
        reports.append(_reported(manifest, columns))
        if number < drifted:
            columns[0] = case.draw(random, case.rows, True)
            found.append(_reported(manifest, columns))
    return Shares(
        windows,
        _share([bool(report.drifted) for report, _ in reports]),
        _share(["0" in report.drifted for report, _ in found]),
        _share([report.verdict == "too_little_data" for report, _ in reports]),
        {
            str(limit): (
                _share([max(deciles) > limit for _, deciles in reports]),
                _share([deciles[0] > limit for _, deciles in found]),
            )
            for limit in FIXED
        },
    )


def _fitted(case: Case, random: np.random.Generator) -> Manifest:
    columns = [case.draw(random, case.fitted, False) for _ in range(FEATURES)]
    features = [_feature(str(name), column) for name, column in enumerate(columns)]
    if case.older:
        features = [replace(feature, counts=()) for feature in features]
    return replace(MANIFEST, features=tuple(features), training=replace(MANIFEST.training, rows=case.fitted))


def _feature(name: str, values: Column) -> Feature:
    if values.dtype == np.float64:
        quantiles = np.nanquantile(values, np.linspace(0, 1, 11)).tolist()
        feature = Feature(name, "number", nullable=bool(np.isnan(values).any()), quantiles=tuple(quantiles))
    else:
        feature = Feature(name, "category", categories=tuple(sorted(map(str, np.unique(values)))))
    return replace(feature, counts=tuple(_counts(feature, values)))


def _counts(feature: Feature, values: Column) -> list[int]:
    return count_feature(values, feature_bins(feature)).tolist()  # type: ignore[no-any-return] # numpy says Any


def _reported(manifest: Manifest, columns: Sequence[Column]) -> tuple[DriftReport, list[float]]:
    """The report on a window, and the index of each feature over the deciles."""
    bins = [feature_bins(feature) for feature in manifest.features]
    counts = [_counts(feature, column) for feature, column in zip(manifest.features, columns, strict=True)]
    named = {
        feature.name: dict(zip(of.labels, counted, strict=True))
        for feature, of, counted in zip(manifest.features, bins, counts, strict=True)
    }
    digest = bins_digest(bins, [target_bins(manifest.task, manifest.target)])
    window = Window(manifest.version, digest, requests=1, rows=len(columns[0]), features=named)
    deciles = [_over_deciles(reference, now) for reference, now in zip(references(manifest), counts, strict=False)]
    return drift_report(manifest, window, 1), deciles


def _over_deciles(reference: Reference, now: Sequence[int]) -> float:
    """The index over all bins, those out of range being part of the deciles beside them; 0 where nothing is known."""
    if not reference.counts:
        return 0.0
    both = np.array([reference.counts, now], dtype=np.float64)
    if reference.bins.cuts:
        last = reference.bins.of_numbers - 1
        both[:, [1, last - 1]] += both[:, [0, last]]
        both[:, [0, last]] = 0
    return stability_index(*both[:, both.any(axis=0)])


def _share(of: Sequence[bool]) -> float:
    return sum(of) / max(len(of), 1)


HALF = "half a standard deviation"
CASES = (
    Case("normal", HALF, normal),
    Case("lognormal", HALF, lognormal),
    Case("uniform", HALF, uniform),
    Case("normal", HALF, normal, 20_000, 20_000),
    Case("normal", HALF, normal, 20_000, 500),
    Case("normal", HALF, normal, 2000, 500),
    Case("normal", HALF, normal, 2000, 100),
    Case("normal", HALF, normal, 500, 2000),
    Case("normal", HALF, normal, 500, 500),
    Case("normal", HALF, normal, 150, 2000),
    Case("normal", HALF, normal, 150, 150),
    Case("70 % zeros", "half a standard deviation of the rest", zeros),
    Case("70 % zeros", "60 % zeros", partial(zeros, fewer=True)),
    Case("70 % zeros", "60 % zeros", partial(zeros, fewer=True), 150, 2000),
    Case("whole numbers", HALF, whole),
    Case("5 % gaps", "15 % gaps", gaps),
    Case("200 categories", "the first and the third change places", categories),
    Case("200 categories", "the first and the third change places", categories, 500, 500),
    Case("200 categories", "the first and the third change places", categories, 20_000, 2000),
    Case("1 % yes, 99 % no", "4 % yes", rare),
    Case("normal, quantiles alone", HALF, normal, older=True),
    Case("whole numbers, quantiles alone", HALF, partial(whole, mean=60.0), older=True),
)
"""The first is the one whose figures are promised."""

HEAD = ("Values", "M", "N", "Alarms", "Drift", "Found", "Too little data", *(f"Fixed {limit}" for limit in FIXED))

MANIFEST = Manifest(
    name="simulated",
    version="20260101T000000Z-00000000",
    created_at="2026-01-01T00:00:00+00:00",
    task="regression",
    artifacts={"joblib": ArtifactFile("model.joblib", 0, "0" * 64)},
    features=(),
    target=Target("y"),
    metrics={},
    runtime={},
    training=Training("simulated", "0" * 64, 0, "none", {}, None, None),
    example=Example((), 0.0),
)


def _simulated(case: Case, windows: int | None) -> Shares:
    count = windows or (FIRST_WINDOWS if case == CASES[0] else WINDOWS)
    return simulate(case, count, count // 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--windows", type=int, help="draw so many windows of each case")
    parser.add_argument("--json", action="store_true", help="print the shares as JSON")
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(_simulated, CASES, [options.windows] * len(CASES)))
    if options.json:
        print(json.dumps([asdict(shares) for shares in found], indent=2))
        return
    print(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    for case, shares in zip(CASES, found, strict=True):
        cells = [
            case.title,
            f"{case.fitted:,}",
            f"{case.rows:,}",
            f"{shares.alarmed:.1%}",
            case.drift,
            f"{shares.found:.1%}",
            f"{shares.too_little:.0%}",
            *(f"{alarmed:.1%}, {found_by_it:.1%}" for alarmed, found_by_it in shares.fixed.values()),
        ]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
