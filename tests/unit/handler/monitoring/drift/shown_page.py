"""Prints the page of a report with every kind of comparison and a day over time, to be looked at in a browser."""

from dataclasses import replace

import numpy as np

from handler.monitoring.drift.compared import drift_report
from handler.monitoring.drift.page import drift_page
from handler.monitoring.drift.report import DriftReport
from handler.registry.manifest import Manifest
from tests.unit.handler.monitoring.drift.windows import Column, fitted_to, window_of

ROWS = 1000
COLOURS = ("red", "blue", "a colour whose name is too long for its bar")


def shown_page() -> str:
    """The page; one feature moves away by the hour."""
    random = np.random.default_rng(1)
    manifest = fitted_to(_columns(random, 0), answers=(350, 350, 300, 0))
    manifest = replace(manifest, target=replace(manifest.target, confidence=(0, 0, 0, 0, 5, 20, 25, 50, 150, 750)))
    hours = [(f"2026-01-01 {hour:02}:00", _report(manifest, random, hour)) for hour in range(24)]
    return drift_page(hours[-1][1], hours)


def _report(manifest: Manifest, random: np.random.Generator, hour: int) -> DriftReport:
    said = {"=setosa": 350, "=versicolor": 350, "=virginica": 300}
    confidence = {manifest.target.name: {"0.5": 45, "0.8": 205, "0.9": 750}}
    window = window_of(manifest, _columns(random, hour), said, confidence=confidence, began=0.0, ended=3600.0)
    return drift_report(manifest, window, 60)


def _columns(random: np.random.Generator, hour: int) -> dict[str, Column]:
    return {
        "income in a column with a rather long name": np.exp(random.normal(10 + hour / 30, 1, ROWS)),
        "zeros": np.where(random.random(ROWS) < 0.7, 0.0, random.exponential(1, ROWS)),
        "colour": random.choice(np.array(COLOURS), ROWS).tolist(),
        "member": (random.random(ROWS) < 0.3).tolist(),
    }


if __name__ == "__main__":
    print(shown_page())
